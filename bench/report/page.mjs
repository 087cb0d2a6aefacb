// The page: pictures with what they ask, the targets, and how it was measured. One file, nothing from elsewhere.
import { number } from '../harness/print.mjs';
import { judgedTargets } from '../targets.mjs';
import { pointsOf, ratiosOf, spreadsOf } from './data.mjs';
import { curvePicture, legendOf, ratioPicture, spreadPicture } from './pictures.mjs';
import { curves, questions, steadiness } from './questions.mjs';
import { style } from './style.mjs';

const html = (text) => String(text).replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
const times = (value) => `${number(value)} ×`;

function table(heads, rows) {
  const cells = (tag, all) => all.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('');
  return `<details><summary>Numbers</summary><div class="wide"><table><thead><tr>${cells('th', heads)}</tr></thead><tbody>${body}</tbody></table></div></details>`;
}

const legend = (rows) =>
  `<p class="legend">${legendOf(rows)
    .map(({ name, colour, sign }) => `<span><i style="color:${colour}">${sign}</i> ${html(name)}</span>`)
    .join(' ')}</p>`;

const figure = ({ id, title, note }, answer, rows, svg, numbers) =>
  `<figure id="${id}"><h3>${html(title)}</h3><p class="answer">${answer}</p>${note ? `<p class="note">${html(note)}</p>` : ''}
<div class="picture" role="img" aria-label="${html(title)}">${svg}</div>${legend(rows)}${numbers}</figure>`;

/** What a picture says, in a sentence. */
function answerOf(rows) {
  const main = rows.some(({ peer }) => peer === 'isolated-vm') ? 'isolated-vm' : rows[0].peer;
  const against = rows.filter(({ peer }) => peer === main).sort((a, b) => a.ratio - b.ratio);
  const [best, worst] = [against[0], against.at(-1)];
  const range = best === worst ? '' : ` to <b>${times(worst.ratio)}</b> (${html(worst.label)})`;
  return `Of what ${html(main)} takes: <b>${times(best.ratio)}</b> (${html(best.label)})${range}.`;
}

async function ratioFigure(report, question) {
  const rows = ratiosOf(report, question);
  if (rows.length === 0) return '';
  const numbers = rows.map(({ label, peer, ratio, low, high, mine, theirs, unit }) => [
    label,
    peer,
    times(ratio),
    `${number(low)}–${number(high)}`,
    `${number(mine)} ${unit}`,
    `${number(theirs)} ${unit}`,
  ]);
  return figure(
    question,
    answerOf(rows),
    rows,
    await ratioPicture(rows),
    table(['', 'compared with', 'ratio', 'of rounds', 'isolet', 'theirs'], numbers),
  );
}

async function curveFigure(report, curve) {
  const points = pointsOf(report, curve.id);
  if (points.length === 0) return '';
  const own = points.filter(({ peer }) => peer === 'isolet').sort((a, b) => a.x - b.x);
  const [first, last] = [own[0], own.at(-1)];
  const { unit, axis } = first;
  const at = ({ x, y }) => `<b>${number(y)} ${unit}</b> with ${x.toLocaleString('en')}`;
  const numbers = points.map(({ x, peer, y, low, high }) => [
    x.toLocaleString('en'),
    peer,
    `${number(y)} ${unit}`,
    `${number(low)}–${number(high)}`,
  ]);
  return figure(
    curve,
    `${at(first)}, ${at(last)} ${html(axis)}.`,
    points,
    await curvePicture(points, curve.y),
    table([axis, '', 'median', 'of rounds'], numbers),
  );
}

async function steadyFigure(report) {
  const rows = spreadsOf(report, steadiness);
  if (rows.length === 0) return '';
  const own = rows.filter(({ peer }) => peer === 'isolet');
  const within = own.filter(({ spread }) => spread <= steadiness.max).length;
  return figure(
    steadiness,
    `<b>${within} of ${own.length}</b> within ${times(steadiness.max)}, from ${report.rounds} runs.`,
    rows,
    await spreadPicture(rows, steadiness.max),
    table(
      ['', '', 'slowest ÷ fastest'],
      rows.map(({ label, peer, spread }) => [label, peer, times(spread)]),
    ),
  );
}

function targetFigure(report) {
  const judged = judgedTargets(report).filter(({ value }) => value !== undefined);
  if (judged.length === 0) return '';
  const met = judged.filter((target) => target.met).length;
  const rows = judged.map(
    ({ name, text, shown, met: ok }) =>
      `<tr class="${ok ? 'met' : 'missed'}"><td>${ok ? '✓' : '✗'}</td><td>${html(name)}</td><td>${html(text)}</td><td>${html(shown)}</td></tr>`,
  );
  return `<section><h2>Targets</h2><p class="answer"><b>${met} of ${judged.length}</b> are met.</p><div class="wide"><table class="targets"><thead><tr><th></th><th>case</th><th>target</th><th>measured</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

/** The numbers that people ask for first. */
function tiles(report) {
  const asked = [
    ['async', 'async-1', 'an asynchronous call'],
    ['async', 'async-64', '64 calls in flight'],
    ['sync', 'call-numbers', 'a call in place'],
    ['start', 'cold-start-paced', 'a start'],
    ['memory', 'rss-1000', 'memory each of 1,000'],
  ];
  const shown = asked.flatMap(([id, name, what]) => {
    const question = questions.find((one) => one.id === id);
    const [found] = ratiosOf(report, { ...question, rows: question.rows.filter((row) => row.name === name) }).filter(
      ({ peer }) => peer === 'isolated-vm',
    );
    if (!found) return [];
    const size = `${number(found.mine)} ${found.unit}`;
    return [
      `<a class="tile" href="#${id}-${report.major}"><span>${html(what)}</span><b>${times(found.ratio)}</b><span>${html(size)} · isolated-vm ${number(found.theirs)}</span></a>`,
    ];
  });
  return shown.length === 0 ? '' : `<div class="tiles">${shown.join('')}</div>`;
}

function measuredHow({ node, machine, rounds, steady, date, load, peers, quick }) {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  const how = steady ? `${rounds} rounds in processes of their own` : `${rounds} rounds`;
  const warning = quick ? '<p class="warning">A smoke run: these numbers mean nothing.</p>' : '';
  return `<p class="note">Node ${html(node.version)} (V8 ${html(node.v8)}), ${html(machine.cpu)}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${html(machine.kernel)}; ${how}, ${html(date.slice(0, 10))}, load ${load.map((value) => value.toFixed(1)).join(' ')}; ${html(versions.join(', ') || 'no peers')}.</p>${warning}`;
}

async function partOf(report) {
  const unique = (text) => text.replace(/<figure id="([^"]+)"/, `<figure id="$1-${report.major}"`);
  const all = async (make, list) => (await Promise.all(list.map((one) => make(report, one)))).map(unique).join('\n');
  const section = (title, text) =>
    text.trim() === '' ? '' : `<section><h2>${title}</h2><div class="figures">${text}</div></section>`;
  return `<main class="part" data-major="${report.major}">${measuredHow(report)}${tiles(report)}
${section('Compared', await all(ratioFigure, questions))}
${section('Tomorrow, and with more of it', unique(await steadyFigure(report)) + (await all(curveFigure, curves)))}
${targetFigure(report)}</main>`;
}

/** @param reports results of bench/run.mjs, one for each Node */
export async function pageOf(reports) {
  const named = reports.map((report) => ({ ...report, major: report.node.version.split('.')[0] }));
  const choices = named.map(
    ({ major }, i) =>
      `<input type="radio" name="node" id="node-${major}"${i === 0 ? ' checked' : ''}><label for="node-${major}">Node ${major}</label>`,
  );
  const shown = named.map(({ major }) => `#node-${major}:checked ~ [data-major="${major}"]{display:block}`).join('');
  const parts = [];
  for (const report of named) parts.push(await partOf(report));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>isolet, measured</title><style>${style}${shown}</style></head>
<body><header><h1>isolet, measured</h1><p>How long isolet takes as a multiple of what others take for the same, from rounds that take turns. A mark is the median of the rounds, the bar behind it reaches from the lowest to the highest. Times are of one machine on one day; ratios are the result.</p></header>
${choices.join('')}
${parts.join('\n')}
<footer>Drawn by <code>npm run bench:report</code> from the results of <code>npm run bench</code>, with and without <code>--steady</code>.</footer></body></html>
`;
}
