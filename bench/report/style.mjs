export const style = `
:root{--paper:#fbfbf9;--card:#fff;--ink:#1d2430;--soft:#626b7a;--line:#dcdfe4;--good:#1a7f4b;--bad:#b4382a;
--isolet:#0d7a6f;--ivm:#2563c9;--workers:#c8680a;--quickjs:#7747c4;--vm:#5b7a12;--clone:#b02e68;--floor:#6b7280}
@media (prefers-color-scheme:dark){:root{--paper:#12161c;--card:#1a2028;--ink:#e7eaee;--soft:#9aa5b4;--line:#313a46;--good:#5fd39a;--bad:#ff8a78;
--isolet:#4fd1c0;--ivm:#74a9ff;--workers:#ffa552;--quickjs:#bd9cff;--vm:#a9cf57;--clone:#ff86b5;--floor:#a2acba}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem clamp(.8rem,3vw,2.5rem) 4rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:2rem;margin:.4rem 0 .3rem;letter-spacing:-.02em}h2{font-size:1.3rem;margin:2.4rem 0 .8rem}h3{font-size:1.08rem;margin:0}
header p{max-width:46rem;color:var(--soft);margin:.2rem 0 1.2rem}
.note,footer{color:var(--soft);font-size:.86rem}footer{margin-top:3rem}
.warning{color:var(--bad);font-weight:600}
input[name=node]{position:absolute;opacity:0}
input+label{display:inline-block;padding:.3rem .9rem;margin-right:.4rem;border:1px solid var(--line);border-radius:2rem;cursor:pointer;color:var(--soft)}
input:checked+label{background:var(--ink);color:var(--paper);border-color:var(--ink)}
input:focus-visible+label{outline:2px solid var(--ivm);outline-offset:2px}
.part{display:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.7rem;margin:1.2rem 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.7rem .9rem;text-decoration:none;color:inherit}
.tile span{display:block;color:var(--soft);font-size:.82rem}.tile b{font-size:1.7rem;letter-spacing:-.02em;line-height:1.3}
.figures{columns:25rem 2;column-gap:1rem}
figure{margin:0 0 1rem;break-inside:avoid;background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1rem 1rem .7rem;min-width:0;scroll-margin-top:1rem}
figure:target{border-color:var(--ivm)}
.answer{margin:.25rem 0 .2rem}figure .note{margin:0 0 .6rem}
.legend{margin:.1rem 0 0;font-size:.84rem}.legend span{margin-right:.9rem;white-space:nowrap}.legend i{font-style:normal}
.picture svg{display:block;width:100%;height:auto;max-width:33rem}
details{margin-top:.4rem}summary{cursor:pointer;color:var(--soft);font-size:.86rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.84rem;width:100%}
th{text-align:left;color:var(--soft);font-weight:600}td,th{padding:.22rem .6rem .22rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
.targets{background:var(--card)}.met td:first-child{color:var(--good)}.missed td:first-child{color:var(--bad)}.targets td:nth-child(3){white-space:normal;min-width:12rem}
`;
