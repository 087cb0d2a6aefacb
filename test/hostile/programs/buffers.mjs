import { group } from '../define.mjs';

const GROW = 'new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,5,3,1,0,1,7,5,1,1,102,0,0,10,14,1,12,0,3,64,65,1,64,0,26,12,0,11,11]))';
// A module with (memory (export "m") (shared 512 1024)); without the flag at byte 11 its memory is not shared.
const SHARED = 'new Uint8Array([0,97,115,109,1,0,0,0,5,6,1,3,128,4,128,8,7,5,1,1,109,2,0])';
const ENDED = ['heap_limit', 'terminated', 'javascript', 'timeout'];

/** Memory outside V8's heap. */
export default group('buffers', { expect: ENDED, limits: { timeout: 2000 } }, [
  { name: 'typed arrays', entry: ['evalAsync', 'eval', 'callAsync', 'call', 'invoke', 'bootstrap', 'newBootstrap'], code: 'const a = []; for (;;) { const b = new Uint8Array(1e6); b.fill(1); a.push(b); }' },
  { name: 'typed arrays, swallowed', entry: ['evalAsync', 'eval'], code: 'const a = []; for (;;) { try { for (;;) a.push(new Uint8Array(1e6).fill(1)); } catch {} }' },
  { name: 'many tiny buffers', code: 'const a = []; for (;;) a.push(new ArrayBuffer(1))' },
  { name: 'many empty views', code: 'const b = new ArrayBuffer(8); const a = []; for (;;) a.push(new Uint8Array(b))' },
  { name: 'one of 1 GB', entry: ['evalAsync', 'eval'], expect: ['javascript', 'heap_limit', 'terminated'], code: 'new Uint8Array(1e9).fill(1)' },
  { name: 'one of 2^33', expect: ['javascript', 'heap_limit', 'terminated'], code: 'new ArrayBuffer(2 ** 33)' },
  { name: 'RangeError first', expect: ['value'], value: 'RangeError', code: 'try { new ArrayBuffer(2e9); "none" } catch (e) { e.name }' },
  { name: 'guest goes on after RangeError', expect: ['value'], value: 6, code: 'try { new ArrayBuffer(2e9); } catch {} new Uint8Array([1, 2, 3]).reduce((a, b) => a + b)' },
  { name: 'slice', code: 'const b = new ArrayBuffer(1e7); const a = []; for (;;) a.push(b.slice(0))' },
  { name: 'from an array', code: 'const a = []; const s = new Array(1e5).fill(1); for (;;) a.push(Float64Array.from(s))' },
  { name: 'subclass', code: 'class B extends ArrayBuffer {} const a = []; for (;;) a.push(new B(1e6))' },
  { name: 'resizable grows', entry: ['evalAsync', 'eval'], code: "const b = new ArrayBuffer(1e6, { maxByteLength: 2 ** 31 }); const v = new Uint8Array(b); for (let i = 1e6; ; i += 1e6) { b.resize(i); v.fill(1, i - 1e6); }" },
  { name: 'resizable, swallowed', code: 'const a = []; for (;;) { try { const b = new ArrayBuffer(1, { maxByteLength: 3e7 }); b.resize(3e7); new Uint8Array(b).fill(1); a.push(b); } catch {} }' },
  { name: 'resizable reserved only', entry: ['evalAsync', 'eval'], code: 'const a = []; for (;;) a.push(new ArrayBuffer(1, { maxByteLength: 2 ** 30 }))' },
  { name: 'resizable reserves 2^40', expect: ['javascript', 'value', 'heap_limit', 'terminated'], code: 'new ArrayBuffer(1, { maxByteLength: 2 ** 40 }).maxByteLength' },
  { name: 'transfer to fixed', expect: [...ENDED, 'value'], code: 'let b = new ArrayBuffer(1e6, { maxByteLength: 2e7 }); const a = []; for (let i = 0; i < 1e5; i++) { a.push(b.transferToFixedLength(1e7)); b = new ArrayBuffer(1e6); }' },
  { name: 'transfer back and forth', expect: [...ENDED, 'value'], code: 'let b = new ArrayBuffer(1e6); for (let i = 0; i < 3000; i++) b = b.transfer(i % 2 ? 1e6 : 2e6); b.byteLength' },
  { name: 'shared buffers', entry: ['evalAsync', 'eval'], code: 'const a = []; for (;;) { const b = new SharedArrayBuffer(1e6); new Uint8Array(b).fill(1); a.push(b); }' },
  { name: 'growable shared buffer', code: 'const b = new SharedArrayBuffer(1, { maxByteLength: 2 ** 31 }); for (let i = 1; ; i += 1e6) { b.grow(i); new Uint8Array(b).fill(1); }' },
  { name: 'growable shared buffer, new pages', entry: ['evalAsync', 'eval', 'invoke'], code: 'const b = new SharedArrayBuffer(1, { maxByteLength: 2 ** 31 }); const v = new Uint8Array(b); for (let i = 1e6; i < 2e9; i += 1e6) { b.grow(i); v.fill(1, i - 1e6); }' },
  { name: 'growable shared reserved only', code: 'const a = []; for (;;) a.push(new SharedArrayBuffer(1, { maxByteLength: 2 ** 30 }))' },
  { name: 'wasm memory objects', entry: ['evalAsync', 'eval', 'invoke'], code: 'const a = []; for (;;) { const m = new WebAssembly.Memory({ initial: 16 }); new Uint8Array(m.buffer).fill(1); a.push(m); }' },
  { name: 'wasm memory untouched', code: 'const a = []; for (;;) a.push(new WebAssembly.Memory({ initial: 1 }))' },
  { name: 'wasm memory grow from outside', code: 'const m = new WebAssembly.Memory({ initial: 1 }); for (;;) { m.grow(16); new Uint8Array(m.buffer).fill(1); }' },
  { name: 'wasm memory grow inside', entry: ['evalAsync', 'eval'], code: `new WebAssembly.Instance(${GROW}).exports.f()` },
  { name: 'wasm memory of 4 GB', expect: ['javascript', 'value', 'heap_limit', 'terminated'], code: 'new WebAssembly.Memory({ initial: 65536 }).buffer.byteLength' },
  { name: 'wasm memory of 4 GB, written', code: 'const m = new Uint8Array(new WebAssembly.Memory({ initial: 65536 }).buffer); for (let i = 0; i < m.length; i += 4096) m[i] = 1; for (;;);' },
  { name: 'wasm shared memory', code: 'const a = []; for (;;) { const m = new WebAssembly.Memory({ initial: 16, maximum: 1000, shared: true }); new Uint8Array(m.buffer).fill(1); a.push(m); }' },
  { name: 'wasm shared memory grows', entry: ['evalAsync', 'eval', 'invoke'], code: 'const m = new WebAssembly.Memory({ initial: 1, maximum: 32768, shared: true }); for (;;) { const n = m.grow(16) * 65536; new Uint8Array(m.buffer).fill(1, n); }' },
  { name: 'wasm 64-bit memory objects', entry: ['evalAsync', 'eval'], code: "const a = []; for (;;) { const m = new WebAssembly.Memory({ address: 'i64', initial: 16n }); new Uint8Array(m.buffer).fill(1); a.push(m); }" },
  { name: 'wasm 64-bit shared memory', entry: ['evalAsync', 'eval'], code: "const a = []; for (;;) { const m = new WebAssembly.Memory({ address: 'i64', initial: 16n, maximum: 1000n, shared: true }); new Uint8Array(m.buffer).fill(1); a.push(m); }" },
  { name: 'wasm 64-bit shared memory grows', entry: ['evalAsync', 'eval'], code: "const m = new WebAssembly.Memory({ address: 'i64', initial: 1n, maximum: 32768n, shared: true }); for (;;) { const n = Number(m.grow(16n)) * 65536; new Uint8Array(m.buffer).fill(1, n); }" },
  { name: 'wasm module that declares shared memory', entry: ['evalAsync', 'eval', 'invoke'], expect: ['javascript'], code: `const s = new WebAssembly.Module(${SHARED}); const a = []; for (;;) { const m = new WebAssembly.Instance(s).exports.m; new Uint8Array(m.buffer).fill(1); a.push(m); }` },
  { name: 'wasm shared memory through compile', entry: ['evalAsync'], expect: ['javascript'], code: `(async () => { const s = await WebAssembly.compile(${SHARED}); const a = []; for (;;) { const m = new WebAssembly.Instance(s).exports.m; new Uint8Array(m.buffer).fill(1); a.push(m); } })()` },
  { name: 'wasm shared memory through instantiate', entry: ['evalAsync'], expect: ['javascript'], code: `(async () => { const a = []; for (;;) { const m = (await WebAssembly.instantiate(${SHARED})).instance.exports.m; new Uint8Array(m.buffer).fill(1); a.push(m); } })()` },
  { name: 'wasm bytes become shared memory late', entry: ['evalAsync'], expect: ['value'], value: ['ArrayBuffer', 'ArrayBuffer', 'ArrayBuffer'], code: `(async () => {
      const bytes = () => { const b = ${SHARED}; b[11] = 1; b[12] = 129; b[13] = 0; return b; }; // one page
      const late = (b) => ({ get builtins() { b[11] = 3; return []; }, get importedStringConstants() { b[11] = 3; return undefined; } });
      const made = [];
      let b = bytes(); made.push(new WebAssembly.Module(b, late(b)));
      b = bytes(); let p = WebAssembly.compile(b, late(b)); b[11] = 3; made.push(await p);
      b = bytes(); p = WebAssembly.instantiate(b, {}, late(b)); b[11] = 3; made.push((await p).module);
      return made.map((m) => Object.prototype.toString.call(new WebAssembly.Instance(m).exports.m.buffer).slice(8, -1)); })()` },
  { name: 'wasm tables', code: "const a = []; for (;;) a.push(new WebAssembly.Table({ element: 'anyfunc', initial: 1e6 }))" },
  { name: 'wasm one huge table', expect: [...ENDED, 'value'], code: "new WebAssembly.Table({ element: 'externref', initial: 1e7 }).length" },
  { name: 'wasm instances', code: `const m = ${GROW}; const a = []; for (;;) a.push(new WebAssembly.Instance(m))` },
  { name: 'wasm modules', code: `const a = []; for (;;) a.push(${GROW})` },
  {
    name: 'wasm big module',
    expect: [...ENDED, 'value'],
    code: `
      const leb = (n) => { const b = []; do { b.push((n & 127) | (n > 127 ? 128 : 0)); n >>>= 7; } while (n); return b; };
      const section = (id, body) => [id, ...leb(body.length), ...body];
      const N = 20000, types = section(1, [1, 96, 0, 0]);
      const funcs = section(3, [...leb(N), ...new Array(N).fill(0)]);
      const one = [0, ...[].concat(...new Array(30).fill([65, 1, 26])), 11];
      const code = []; for (let i = 0; i < N; i++) code.push(...leb(one.length), ...one);
      const body = [...leb(N)]; for (const x of code) body.push(x);
      const head = [0, 97, 115, 109, 1, 0, 0, 0];
      const all = new Uint8Array(8 + types.length + funcs.length + 1 + leb(body.length).length + body.length);
      let at = 0; for (const part of [head, types, funcs, [10, ...leb(body.length)], body]) { all.set(part, at); at += part.length; }
      const keep = []; for (let i = 0; i < 50; i++) keep.push(new WebAssembly.Module(all)); keep.length`,
  },
  { name: 'wasm compile async flood', expect: [...ENDED, 'value'], code: `const b = new Uint8Array([0,97,115,109,1,0,0,0]); Promise.all(Array.from({ length: 1e5 }, () => WebAssembly.compile(b))).then((a) => a.length)` },
  { name: 'out of bounds view after resize', expect: ['value', 'javascript'], code: 'const b = new ArrayBuffer(1000, { maxByteLength: 2000 }); const v = new Uint8Array(b, 500, 400); b.resize(10); v[0] = 1; [v.length, v.fill(3).length, v.byteOffset]' },
  { name: 'resize in sort comparator', entry: ['evalAsync', 'eval'], expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(4096, { maxByteLength: 8192 }); const v = new Uint8Array(b); v.sort(() => { b.resize(16); return 1; }); v' },
  { name: 'resize in valueOf', expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(4096, { maxByteLength: 8192 }); const v = new Uint32Array(b); v.fill({ valueOf() { b.resize(0); return 7; } }); v.set([1, { valueOf() { b.resize(0); return 1; } }]); v' },
  { name: 'detach in a callback', expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(4096); const v = new Uint8Array(b); try { v.map((x, i) => { if (i === 1) b.transfer(); return i; }); } catch {} v.copyWithin(0, 10); v' },
  { name: 'resize in copyWithin arguments', expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(1e6, { maxByteLength: 2e6 }); const v = new Uint8Array(b); v.copyWithin({ valueOf() { b.resize(16); return 0; } }, 5e5, 1e6); v' },
  { name: 'views out of bounds as result', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(1000, { maxByteLength: 2000 }); const all = [new Uint8Array(b, 500, 100), new DataView(b, 900, 50), new Float64Array(b, 8), b]; b.resize(100); all' },
  { name: 'detached as result', entry: ['evalAsync', 'eval', 'callAsync'], expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(1000); const v = [new Uint8Array(b), new DataView(b), b]; b.transfer(); v' },
  { name: 'shrinks while the result is read', expect: ['value', 'javascript', 'transfer'], code: 'const b = new ArrayBuffer(1e6, { maxByteLength: 2e6 }); const v = new Uint8Array(b); ({ get a() { b.resize(1); return 1; }, v, get z() { b.resize(2e6); return v; } })' },
  { name: 'DataView past the end', expect: ['value', 'javascript'], code: 'const b = new ArrayBuffer(16, { maxByteLength: 64 }); const d = new DataView(b); d.setFloat64({ valueOf() { b.resize(0); return 8; } }, 1)' },
  { name: 'Atomics on a shrunk buffer', expect: ['value', 'javascript'], code: 'const b = new ArrayBuffer(16, { maxByteLength: 64 }); const i = new Int32Array(b); Atomics.store(i, 3, { valueOf() { b.resize(0); return 1; } })' },
  { name: 'iterator over a shrinking view', expect: ['value', 'javascript'], code: 'const b = new ArrayBuffer(64, { maxByteLength: 64 }); const v = new Uint8Array(b); let n = 0; for (const x of v) { b.resize(Math.max(0, 63 - n)); n++; } n' },
  { name: 'clones of a resizable buffer', entry: ['evalAsync', 'eval', 'invoke'], code: 'const b = new ArrayBuffer(1, { maxByteLength: 65536 }), keep = []; for (;;) keep.push(structuredClone(b))' },
  { name: 'clones of a resizable buffer, swallowed', code: 'const b = new ArrayBuffer(1, { maxByteLength: 65536 }), keep = []; for (;;) { try { for (;;) keep.push(structuredClone({ b, text: "~" })); } catch {} }' },
  { name: 'many resizable buffers in one clone', code: 'const all = Array.from({ length: 900 }, () => new ArrayBuffer(1, { maxByteLength: 8192 })), keep = []; for (;;) keep.push(structuredClone(all))' },
  { name: 'resizable buffers that come back from the host', code: 'const b = new ArrayBuffer(1, { maxByteLength: 4096 }), keep = []; for (;;) keep.push(host.echo(b))' },
  { name: 'resizable buffers constructed while one is constructed', code: 'let depth = 0; const make = () => Reflect.construct(ArrayBuffer, [1, { maxByteLength: 2 ** 31 }], new Proxy(function () {}, { get(t, k) { if (k === "prototype" && depth++ < 1000) make(); return k === "prototype" ? ArrayBuffer.prototype : t[k]; } })); make()' },
  { name: 'a transfer list of a million', code: 'structuredClone(1, { transfer: Array.from({ length: 3e5 }, () => new ArrayBuffer(0)) })' },
]);
