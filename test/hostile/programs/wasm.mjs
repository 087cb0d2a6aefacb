import { group } from '../define.mjs';

const B = `const leb = (n) => { const b = []; do { b.push((n & 127) | (n > 127 ? 128 : 0)); n = Math.floor(n / 128); } while (n); return b; };
const cat = (...p) => { let n = 0; for (const x of p) n += x.length; const o = new Uint8Array(n); let at = 0; for (const x of p) { o.set(x, at); at += x.length; } return o; };
const sec = (id, body) => cat([id], leb(body.length), body);
const H = [0,97,115,109,1,0,0,0];
const rep = (pat, n) => { const o = new Uint8Array(pat.length * n); for (let i = 0; i < o.length; i++) o[i] = pat[i % pat.length]; return o; };
const kinds = [127,126,125,124];
const types = (n, k, base) => { const out = new Uint8Array(n * (k + 3)); let o = 0; for (let i = 0; i < n; i++) { out[o++] = 96; out[o++] = k; let x = i + base; for (let j = 0; j < k; j++) { out[o++] = kinds[x & 3]; x = Math.floor(x / 4); } out[o++] = 0; } return cat(H, sec(1, cat(leb(n), out))); };
// nf functions (i32) -> i32 whose body repeats pat; all are exported.
const heavy = (nf, pat, reps) => { const body = cat([1, 8, 127], rep(pat, reps), [32,0,11]); const fn = cat(leb(body.length), body);
  return cat(H, sec(1, [1,96,1,127,1,127]), sec(3, cat(leb(nf), rep([0], nf))), sec(7, cat(leb(nf), ...Array.from({ length: nf }, (_, i) => { const s = 'f' + i; return cat([s.length], [...s].map((c) => c.charCodeAt(0)), [0], leb(i)); }))), sec(10, cat(leb(nf), ...Array.from({ length: nf }, () => fn)))); };
const custom = (size, i) => { const body = new Uint8Array(size); body[0] = 1; body[1] = 65; body[200] = i & 127; body[201] = i >> 7; return cat(H, sec(0, body)); };
`;
const LOOPS = '[3,64,32,1,32,2,106,34,1,13,0,11]';
const IFS = '[32,1,4,64,32,0,33,1,5,32,2,33,3,11]';
const CALL_ALL = 'const f = Object.values(new WebAssembly.Instance(new WebAssembly.Module(m)).exports); for (;;) for (const g of f) g(1);';
const ENDED = ['heap_limit', 'terminated', 'javascript', 'timeout'];

/** What V8 keeps for the process, or does on threads of the process, when a guest uses WebAssembly. */
export default group('wasm', { expect: ENDED }, [
  { name: 'a hundred thousand types at a time', entry: ['evalAsync', 'eval', 'invoke'], code: `${B} for (let i = 0; ; i++) new WebAssembly.Module(types(100000, 12, i * 100000));` },
  { name: 'a thousand types at a time', entry: ['evalAsync', 'eval', 'invoke'], code: `${B} for (let i = 0; ; i++) new WebAssembly.Module(types(1000, 14, i * 1000));` },
  { name: 'types, swallowed', code: `${B} for (let i = 0; ; i++) { try { new WebAssembly.Module(types(400, 14, i * 400)); } catch {} }` },
  { name: 'types through compile', code: `${B} (async () => { for (let i = 0; ; i++) await WebAssembly.compile(types(400, 14, i * 400)).catch(() => {}); })()` },
  { name: 'types through instantiate, all at once', expect: [...ENDED, 'value'], code: `${B} Promise.allSettled(Array.from({ length: 500 }, (_, i) => WebAssembly.instantiate(types(400, 14, i * 400)))).then((a) => a.length)` },
  { name: 'types through validate', code: `${B} for (let i = 0; ; i++) WebAssembly.validate(types(400, 14, i * 400));` },
  { name: 'types in two sections', code: `${B} for (let i = 0; ; i++) { const one = types(100000, 12, i * 100000); try { new WebAssembly.Module(cat(one, sec(1, [1, 0x5f, 0]))); } catch {} }` },
  { name: 'tags', entry: ['evalAsync', 'eval'], code: `const kinds = ['i32', 'i64', 'f32', 'f64']; for (let i = 0; ; i++) { const parameters = []; for (let x = i, j = 0; j < 14; j++, x = Math.floor(x / 4)) parameters.push(kinds[x % 4]); try { new WebAssembly.Tag({ parameters }); } catch {} }` },
  { name: 'asm.js with a signature each', code: `for (let id = 0; ;) { let src = '"use asm";'; for (let i = 0; i < 1000; i++, id++) { let x = id; const ps = [], body = []; for (let j = 0; j < 14; j++) { const p = 'p' + j; ps.push(p); body.push(x % 2 ? p + '=+' + p + ';' : p + '=' + p + '|0;'); x = Math.floor(x / 2); } src += 'function f' + i + '(' + ps + '){' + body.join('') + '}'; } new Function('s', src + 'return { f0: f0 };')(globalThis); }` },
  { name: 'large functions of loops', entry: ['evalAsync', 'eval', 'invoke'], limits: { timeout: 500 }, code: `${B} const m = heavy(4, ${LOOPS}, 60000); ${CALL_ALL}` },
  { name: 'large functions of branches', limits: { timeout: 500 }, code: `${B} const m = heavy(4, ${IFS}, 60000); ${CALL_ALL}` },
  { name: 'many functions of loops', entry: ['evalAsync', 'invoke'], limits: { timeout: 500 }, code: `${B} const m = heavy(60, ${LOOPS}, 5000); ${CALL_ALL}` },
  { name: 'many functions of branches', limits: { timeout: 500 }, code: `${B} const m = heavy(60, ${IFS}, 4000); ${CALL_ALL}` },
  { name: 'a million nested blocks', code: `${B} const body = cat([0], rep([2,64], 1000000), rep([11], 1000000), [11]); const m = cat(H, sec(1,[1,96,0,0]), sec(3,[1,0]), sec(7,[1,1,102,0,0]), sec(10, cat([1], leb(body.length), body))); ${CALL_ALL}` },
  { name: 'nested blocks in a small function', code: `${B} const body = cat([0], rep([2,64], 20000), rep([11], 20000), [11]); const m = cat(H, sec(1,[1,96,0,0]), sec(3,[1,0]), sec(7,[1,1,102,0,0]), sec(10, cat([1], leb(body.length), body))); ${CALL_ALL}` },
  { name: 'long binaries that are kept', entry: ['evalAsync', 'eval', 'invoke'], limits: { timeout: 2000 }, code: `${B} const a = []; for (let i = 0; ; i++) a.push(new WebAssembly.Module(custom(5e6, i)));` },
  { name: 'long binaries through compile', limits: { timeout: 2000 }, code: `${B} (async () => { const a = []; for (let i = 0; ; i++) a.push(await WebAssembly.compile(custom(5e6, i))); })()` },
  { name: 'long binaries, all at once', expect: [...ENDED, 'value'], code: `${B} Promise.allSettled(Array.from({ length: 200 }, (_, i) => WebAssembly.compile(custom(5e6, i)))).then((a) => a.length)` },
  { name: 'short binaries that are kept', limits: { timeout: 2000 }, code: `${B} const a = []; for (let i = 0; ; i++) a.push(new WebAssembly.Module(custom(1000, i)));` },
  { name: 'subclass whose prototype changes the bytes', expect: ['javascript', 'value'], code: `${B} const bytes = types(400, 3, 0); class M extends WebAssembly.Module {} const late = new Proxy(M, { get(t, k, r) { if (k === 'prototype') bytes.fill(0); return Reflect.get(t, k, r); } }); String(Reflect.construct(WebAssembly.Module, [bytes], late))` },
  { name: 'custom sections are copied', code: `${B} const m = new WebAssembly.Module(custom(5e6, 1)); const a = []; for (;;) a.push(...WebAssembly.Module.customSections(m, 'A'));` },
  { name: 'a million globals', code: `${B} const m = new WebAssembly.Module(cat(H, sec(6, cat(leb(1000000), rep([127,1,65,0,11], 1000000))))); const a = []; for (;;) a.push(new WebAssembly.Instance(m));` },
  { name: 'tables grow', code: "const t = new WebAssembly.Table({ element: 'anyfunc', initial: 0 }); for (;;) t.grow(500000);" },
  { name: 'a hundred thousand tables', code: `${B} const m = new WebAssembly.Module(cat(H, sec(4, cat(leb(100000), rep([112, 0, 100], 100000))))); const a = []; for (;;) a.push(new WebAssembly.Instance(m));` },
  { name: 'exceptions with many values', code: "const t = new WebAssembly.Tag({ parameters: Array(900).fill('i64') }); const a = []; const p = Array(900).fill(1n); for (;;) a.push(new WebAssembly.Exception(t, p, { traceStack: true }));" },
  { name: 'a module with fifty thousand locals', code: `${B} const body = cat([1], leb(50000), [126], [11]); const fn = cat(leb(body.length), body); const n = 1000; const m = cat(H, sec(1,[1,96,0,0]), sec(3, cat(leb(n), rep([0], n))), sec(7, cat(leb(n), ...Array.from({ length: n }, (_, i) => { const s = 'f' + i; return cat([s.length], [...s].map((c) => c.charCodeAt(0)), [0], leb(i)); }))), sec(10, cat(leb(n), ...Array(n).fill(fn)))); ${CALL_ALL}` },
  { name: 'tiny modules that are kept', entry: ['evalAsync', 'invoke'], limits: { timeout: 3000 }, code: `${B} const keep = []; for (let i = 0; ; i++) { const body = cat([0, 65], [128 | (i & 127), 128 | ((i >> 7) & 127), (i >> 14) & 63], [11]); keep.push(new WebAssembly.Module(cat(H, sec(1, [1, 96, 0, 1, 127]), sec(3, [1, 0]), sec(10, cat([1, body.length], body))))); }` },
]);
