import { group } from '../define.mjs';

const ALL = ['evalAsync', 'eval', 'callAsync', 'invoke'];

/** `probe(x)` answers where an object comes from: it tries to reach a host global through its constructors. */
const PROBE = `
  const seen = new Set();
  const home = new Set([Function, Object, Array, Promise, Error, String].map((C) => C.prototype));
  function probe(x, depth = 0) {
    if (x === null || (typeof x !== 'object' && typeof x !== 'function') || seen.has(x) || depth > 6) return null;
    seen.add(x);
    try {
      const F = x.constructor && x.constructor.constructor;
      if (typeof F === 'function' && F !== Function) return 'foreign constructor at depth ' + depth;
      if (typeof F === 'function') {
        const g = F('return globalThis')();
        if (g !== globalThis) return 'foreign global';
        if (typeof g.process === 'object' || typeof g.require === 'function') return 'process';
      }
    } catch {}
    for (let o = x; o; o = Object.getPrototypeOf(o)) {
      if (Object.getPrototypeOf(o) === null && o !== Object.prototype && 'hasOwnProperty' in o) return 'foreign prototype';
      for (const k of Reflect.ownKeys(o)) {
        let v; try { v = o[k]; } catch { continue; }
        const r = probe(v, depth + 1); if (r) return String(k) + ': ' + r;
      }
    }
    return null;
  }
`;
const contained = (code) => `(async () => { ${PROBE} try { const bad = await (async () => { ${code} })(); return bad ? String(bad) : 'contained'; } catch (e) { return probe(e) ?? 'contained'; } })()`;

/** Ways out: to host objects, host constructors, host stacks, other tenants. */
export default group('escape', { expect: ['value'], value: 'contained', limits: { timeout: 5000 } }, [
  { name: 'host object', entry: ALL, code: contained('return probe(host);') },
  { name: 'host function', entry: ALL, code: contained('return probe(host.echo);') },
  { name: 'result of a host function', entry: ALL, code: contained('return probe(host.data());') },
  { name: 'resolved by a host function', entry: ALL, code: contained('return probe(await host.later({ a: [new Date()] }));') },
  { name: 'host promise', entry: ALL, code: contained('const p = host.later(1); const r = probe(p); await p; return r;') },
  { name: 'host error', entry: ALL, code: contained('try { host.fail(); } catch (e) { return probe(e); }') },
  { name: 'host rejection', entry: ALL, code: contained('try { await host.reject(); } catch (e) { return probe(e); }') },
  { name: 'host error stack', entry: ALL, code: contained("try { host.fail(); } catch (e) { return /node:|file:\\/\\/|\\/test\\/|platform\\.mjs|\\.cjs/.test(String(e.stack) + JSON.stringify(e) + JSON.stringify(Object.getOwnPropertyDescriptors(e))) ? e.stack : 0; }") },
  { name: 'host rejection stack', entry: ALL, code: contained("try { await host.reject(); } catch (e) { return /node:|file:\\/\\/|\\/test\\/|platform\\.mjs|\\.cjs/.test(String(e.stack)) ? e.stack : 0; }") },
  { name: 'prepareStackTrace frames', entry: ALL, code: contained("let bad = 0; Error.prepareStackTrace = (e, frames) => { for (const f of frames) { bad ||= probe(f.getThis?.()) || probe(f.getFunction?.()) || (/node:|\\.cjs|\\/test\\//.test(String(f.getFileName())) && f.getFileName()); } return ''; }; try { host.fail(); } catch (e) { e.stack; } new Error('x').stack; host.call(() => { new Error('y').stack; }); return bad;") },
  { name: 'captureStackTrace on a host error', code: contained("try { host.fail(); } catch (e) { Error.prepareStackTrace = (_, f) => f; Error.captureStackTrace(e); for (const x of e.stack) { const r = probe(x.getThis()) || probe(x.getFunction()); if (r) return r; } }") },
  { name: 'this and arguments.callee.caller', code: contained("function f() { return probe(f.caller) || probe(this); } try { return host.call(f) && probe(f.caller); } catch { return 0; }") },
  { name: 'enumerate globals', entry: ALL, code: contained("const known = new Set('Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect Iterator SuppressedError DisposableStack AsyncDisposableStack SharedArrayBuffer WebAssembly decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN console host Temporal'.split(' ')); const documented = new Set('queueMicrotask structuredClone setTimeout clearTimeout setInterval clearInterval TextEncoder TextDecoder URL URLSearchParams Headers Request Response fetch crypto atob btoa AbortController AbortSignal ReadableStream WritableStream TransformStream Event EventTarget performance env DOMException'.split(' ')); return Reflect.ownKeys(globalThis).filter((k) => typeof k !== 'string' ? k !== Symbol.toStringTag : !known.has(k) && !documented.has(k) && !/^(ReadableStream|WritableStream|TransformStream|ByteLength|CountQueuing|Text|Custom)/.test(k)).map(String).join(' ');") },
  { name: 'process, require, module', entry: ALL, code: contained("return ['process', 'require', 'module', 'global', 'Buffer', '__dirname', 'primordials', 'internalBinding', 'setImmediate'].filter((k) => k in globalThis).join(' ');") },
  { name: 'import node:fs', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], code: contained("try { const m = await import('node:fs'); return 'imported ' + Object.keys(m).length; } catch (e) { return probe(e); }") },
  { name: 'import a data url', code: contained("try { await import('data:text/javascript,globalThis.pwned=1'); return 'imported'; } catch (e) { return 0; }") },
  { name: 'import a file', code: contained("try { await import('file:///etc/passwd'); return 'imported'; } catch (e) { return 0; }") },
  { name: 'import.meta', code: contained("try { return (0, eval)('import.meta') && 'import.meta'; } catch { return 0; }") },
  { name: 'pollutes the host through a result', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], value: undefined, expect: ['value'], code: "const o = JSON.parse('{\"__proto__\":{\"polluted\":1},\"a\":{\"__proto__\":{\"polluted\":1}}}'); o" },
  { name: 'pollutes the host through arguments', entry: ALL, code: contained("const o = JSON.parse('{\"__proto__\":{\"polluted\":1},\"constructor\":{\"prototype\":{\"polluted\":1}}}'); host.merge(o); return 0;") },
  { name: 'pollutes prototypes', entry: ALL, code: contained('Object.prototype.polluted = 1; Array.prototype.polluted = 1; Function.prototype.polluted = 1; Promise.prototype.polluted = 1; await host.later(1); return 0;') },
  { name: 'steals from patched intrinsics', entry: ALL, code: contained("const mixed = { a: [new Map([[1, 2]]), new Date(0), new Set([3])] }; const got = []; const spy = function (...a) { got[got.length] = this; for (let i = 0; i < a.length; i++) got[got.length] = a[i]; }; const saved = [Array, Map, Set, Promise, Function, Object, String, Date, RegExp, Error].flatMap((C) => Reflect.ownKeys(C.prototype).filter((k) => k !== 'constructor' && k !== 'then' && k !== '__proto__').map((k) => [C.prototype, k, Object.getOwnPropertyDescriptor(C.prototype, k)])); const define = Object.defineProperty; for (let i = 0; i < saved.length; i++) try { define(saved[i][0], saved[i][1], { __proto__: null, value: spy, configurable: true, writable: true }); } catch {} host.data(); try { host.fail(); } catch {} host.echo(mixed); for (let i = 0; i < saved.length; i++) { const d = saved[i][2]; define(d, '__proto__', { __proto__: null, value: null }); try { define(saved[i][0], saved[i][1], d); } catch {} } for (const x of got) { const r = probe(x); if (r) return r; } return 0;") },
  { name: 'steals through setters', entry: ALL, code: contained("let bad = 0; for (const k of ['a', 'b', 'id', 'type', 'args', 'fn', 'callback', 'resolve', 'reject', 'value', 'handler', 'host', '0', '1', 'stack', 'message', 'code', 'name', 'then']) Object.defineProperty(Object.prototype, k, { __proto__: null, set(v) { bad ||= probe(v) || 'setter ' + k + ' ran'; }, get() {}, configurable: true }); const r = host.data(); try { host.fail(); } catch {} await host.later({ a: 1 }); for (const k of ['a', 'b', 'then']) delete Object.prototype[k]; return /foreign|process/.test(String(bad)) ? bad : 0;") },
  { name: 'changes its own host binding', entry: ALL, code: contained("try { host.echo.call = 1; host.echo.constructor = null; } catch {} try { delete globalThis.host; globalThis.host = { echo: () => 'mine' }; } catch {} return 0;") },
  { name: 'function with the tag of another', code: contained("const f = host.keep(() => 'mine'); let got = ''; try { for (const id of [0, 1, 2, -1, 1e9, '1', null, {}]) { const r = host.echo({ __fn: id, id, kind: 'function', $type: 'JsFunction', functionId: id }); got ||= typeof r !== 'object' && 'imitated a tag'; } } catch {} return got;") },
  { name: 'constructor of what the host function returned', entry: ALL, code: contained("const F = host.echo.constructor; return F !== Function && 'foreign Function' || (F('return typeof process')() !== 'undefined' && 'process');") },
  { name: 'async constructor', code: contained("const A = Object.getPrototypeOf(async () => {}).constructor; return (await A('return typeof process')()) !== 'undefined' && 'process';") },
  { name: 'wasm constructor', code: contained("return probe(WebAssembly) || probe(new WebAssembly.Memory({ initial: 1 }).buffer);") },
  { name: 'shared memory with the host', entry: ['evalAsync', 'eval'], code: contained('const b = new Uint8Array(4); host.scribble(b); return b[0] !== 0 && "the host wrote into guest memory";') },
  { name: 'another tenant', code: contained('return (typeof globalThis.secret !== "undefined") && "saw the bystander";') },
  { name: 'natives syntax', code: contained("try { (0, eval)('%DebugPrint(1)'); return 'natives'; } catch { return 0; }") },
  { name: 'console is plain', entry: ['evalAsync'], console: true, code: contained('return probe(console);') },
  { name: 'structuredClone and friends', code: contained("for (const k of ['structuredClone', 'queueMicrotask', 'TextEncoder', 'URL', 'fetch', 'setTimeout', 'performance', 'crypto']) { const r = probe(globalThis[k]); if (r) return k + ' ' + r; } return 0;") },
]);
