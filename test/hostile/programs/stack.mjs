import { group } from '../define.mjs';

const RECURSE = 'new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,6,1,4,0,16,0,11]))';
const caught = (code) => `(() => { try { ${code}; return 'no error'; } catch (e) { return e.name; } })()`;
const BOTH = ['evalAsync', 'eval'];

/** Deep recursion has to end in a RangeError for the guest, on whatever thread it runs. */
export default group('stack', { expect: ['value'], value: 'RangeError', limits: { timeout: 2000 } }, [
  { name: 'recursion', entry: ['evalAsync', 'eval', 'callAsync', 'call', 'invoke'], code: caught('(function f() { f(); })()') },
  { name: 'mutual recursion, big frames', entry: BOTH, code: caught(`function f(${Array.from({ length: 200 }, (_, i) => `a${i}`)}) { g(a0, a1); } function g() { f(1, 2, 3); } f()`) },
  { name: 'getter', entry: BOTH, code: caught('const o = { get a() { return this.a; } }; o.a') },
  { name: 'toString', entry: BOTH, code: caught("const o = { toString() { return '' + o; } }; '' + o") },
  { name: 'proxy of itself', entry: BOTH, code: caught('const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x') },
  { name: 'proxy prototype', entry: BOTH, code: caught('const o = {}; const p = new Proxy(o, {}); Object.setPrototypeOf(o, p); p.x') },
  { name: 'proxy tower', expect: ['value', 'javascript', 'heap_limit'], value: undefined, code: 'let p = {}; for (let i = 0; i < 2e5; i++) p = new Proxy(p, {}); p.x' },
  { name: 'JSON.parse', expect: ['value'], value: undefined, code: `const r = ${caught("JSON.parse('['.repeat(3e5) + ']'.repeat(3e5))")}; ['RangeError', 'SyntaxError', 'no error'].includes(r)` },
  { name: 'JSON.stringify', entry: BOTH, code: caught('let o = []; for (let i = 0; i < 3e5; i++) o = [o]; JSON.stringify(o)') },
  { name: 'JSON reviver', code: caught("JSON.parse('['.repeat(5e4) + ']'.repeat(5e4), (k, v) => v); (function f() { f(); })()") },
  { name: 'array join', code: caught("let a = []; for (let i = 0; i < 3e5; i++) a = [a]; String(a)") },
  { name: 'flat(Infinity)', code: caught('let a = []; for (let i = 0; i < 3e5; i++) a = [a]; a.flat(Infinity)') },
  { name: 'constructor', code: caught('class A { constructor() { new A(); } } new A()') },
  { name: 'Reflect.construct', code: caught('function F() { Reflect.construct(F, []); } new F()') },
  { name: 'sort comparator', code: caught('(function f() { [2, 1].sort(f); })()') },
  { name: 'replace callback', code: caught("(function f() { 'x'.replace(/x/, f); })()") },
  { name: 'spread arguments', code: caught('(function f(...a) { f(...a, 1); })()') },
  { name: 'bound functions', expect: ['value', 'javascript', 'heap_limit'], value: undefined, code: 'let f = () => 1; for (let i = 0; i < 1e6; i++) f = f.bind(); f()' },
  { name: 'generator', code: caught('function* g() { yield* g(); } [...g()]') },
  { name: 'regular expression', expect: ['value', 'javascript', 'timeout'], value: undefined, code: "new RegExp('(?:'.repeat(1e5) + 'a' + ')*'.repeat(1e5)).test('aaaa')" },
  { name: 'rope', expect: ['value', 'javascript', 'timeout', 'heap_limit'], value: undefined, code: "let s = 'x'; for (let i = 0; i < 1e6; i++) s = 'a' + s; s.charCodeAt(3); ({})[s]; s === s + ''" },
  { name: 'wasm recursion', entry: BOTH, code: caught(`new WebAssembly.Instance(${RECURSE}).exports.f()`) },
  { name: 'wasm and JS recursion', code: caught("const bytes = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,2,7,1,1,97,1,98,0,0,3,2,1,0,7,5,1,1,102,0,1,10,6,1,4,0,16,0,11]); let i; i = new WebAssembly.Instance(new WebAssembly.Module(bytes), { a: { b: () => i.exports.f() } }); i.exports.f()") },
  { name: 'eval recursion', code: caught("globalThis.f = () => (0, eval)('f()'); f()") },
  { name: 'Error stack getter', code: caught('Error.prepareStackTrace = (e) => { return new Error(e).stack; }; new Error().stack; (function f() { f(); })()') },
  { name: 'instanceof', code: caught('const o = { [Symbol.hasInstance](v) { return v instanceof o; } }; 1 instanceof o') },
  { name: 'host calls on a deep stack', entry: ['evalAsync', 'eval'], code: caught('function f() { host.echo(1); f(); } f()'), limits: { timeout: 15000 }, slow: true },
  { name: 'host calls at the very end of the stack', entry: ['evalAsync', 'eval'], value: undefined, expect: ['value', 'timeout'], code: 'let n = 0; function f() { try { f(); } catch { if (n++ < 100) try { host.echo({ a: [1, { b: 2 }] }); } catch {} } } f(); n > 0' },
  { name: 'host and guest call each other', blocks: true, entry: ['evalAsync', 'eval'], expect: ['value', 'javascript', 'timeout', 'capacity', 'transfer', 'terminated'], value: undefined, code: 'function f() { return host.call(f); } f()' },
  { name: 'result nested 100,000 deep', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['transfer', 'javascript'], code: 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; o' },
  { name: 'result of nested Maps', entry: BOTH, expect: ['transfer', 'javascript'], code: 'let o = 1; for (let i = 0; i < 1e5; i++) o = new Map([[o, o]]); o' },
  { name: 'result of nested Sets', expect: ['transfer', 'javascript'], code: 'let o = 1; for (let i = 0; i < 1e5; i++) o = new Set([o]); o' },
  { name: 'result of nested Errors', entry: BOTH, expect: ['transfer', 'javascript', 'value'], value: undefined, code: "let e = new Error('x'); for (let i = 0; i < 1e5; i++) e = new Error('x', { cause: e }); e" },
  { name: 'thrown chain of causes', entry: BOTH, expect: ['javascript'], code: "let e = new Error('x'); for (let i = 0; i < 1e5; i++) e = new Error('x', { cause: e }); throw e" },
  { name: 'result read near the end of the stack', entry: BOTH, expect: ['value', 'javascript', 'transfer'], value: undefined, code: '({ get a() { return (function f() { try { return f(); } catch { return { deep: [1, 2, { x: 1 }] }; } })(); } })' },
  { name: 'getter recursion in result', entry: BOTH, expect: ['transfer', 'javascript'], code: 'function make() { return { get a() { return make(); } }; } make()' },
  { name: 'proxy recursion in result', entry: BOTH, expect: ['transfer', 'javascript', 'value'], value: undefined, code: 'const h = { get: () => new Proxy({}, h), ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: new Proxy({}, h), enumerable: true, configurable: true }) }; new Proxy({}, h)' },
  { name: 'argument nested 100,000 deep', entry: BOTH, value: undefined, expect: ['value', 'javascript', 'transfer'], code: "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; try { host.echo(o); 'crossed' } catch (e) { e.name }" },
]);
