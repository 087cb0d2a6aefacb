import { availableParallelism } from 'node:os';
import { group } from '../define.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const settle = (promise) => promise.then(() => 'value', (error) => error);
const NATIVE = '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)';
const ANY = ['value', 'timeout', 'terminated', 'closed', 'capacity', 'heap_limit', 'javascript', 'transfer'];

/** The host does ordinary things at the worst moment. */
export default group('lifecycle', { entry: 'host', expect: ANY, limits: { timeout: 1500 } }, [
  { name: 'close while busy', run: async ({ runtime }) => { const p = settle(runtime.evalAsync('for (;;);', { timeout: 60_000 })); await sleep(30); runtime.close(); throw await p; } },
  { name: 'closeAsync while busy', run: async ({ runtime }) => { const p = settle(runtime.evalAsync('for (;;) { try { for (;;); } catch {} }', { timeout: 60_000 })); await sleep(30); await runtime.closeAsync(); throw await p; } },
  { name: 'terminate while busy', run: async ({ runtime }) => { const p = settle(runtime.evalAsync('for (;;);', { timeout: 60_000 })); await sleep(30); runtime.terminate('enough'); throw await p; } },
  { name: 'terminate in a native routine', run: async ({ runtime }) => { const p = settle(runtime.evalAsync(NATIVE, { timeout: 60_000 })); await sleep(30); runtime.terminate('enough'); throw await p; } },
  { name: 'close in a native routine', run: async ({ runtime }) => { const p = settle(runtime.evalAsync(NATIVE, { timeout: 60_000 })); await sleep(30); runtime.close(); throw await p; } },
  { name: 'closeAsync in a native routine', settleExtra: 3000, run: async ({ runtime }) => { const p = settle(runtime.evalAsync(NATIVE, { timeout: 60_000 })); await sleep(30); await runtime.closeAsync({ timeout: 200 }); throw await p; } },
  { name: 'terminate waits for nothing', run: async ({ runtime }) => { const p = settle(runtime.evalAsync('new Promise(() => {})', { timeout: 60_000 })); await sleep(30); runtime.terminate(); throw await p; } },
  { name: 'terminate from a host function', run: async ({ runtime }) => { runtime.bindFunction('die', () => runtime.terminate('from inside')); await runtime.evalAsync('die(); for (;;);', { timeout: 60_000 }); } },
  { name: 'close from a host function', run: async ({ runtime }) => { runtime.bindFunction('die', () => runtime.close()); await runtime.evalAsync('die(); for (;;);', { timeout: 60_000 }); } },
  { name: 'terminate from a host function, sync', run: async ({ runtime }) => { runtime.bindFunction('die', () => runtime.terminate('from inside')); runtime.eval('die(); for (;;);', { timeout: 60_000 }); } },
  { name: 'close from a host function, sync', run: async ({ runtime }) => { runtime.bindFunction('die', () => runtime.close()); runtime.eval('die(); for (;;);', { timeout: 60_000 }); } },
  { name: 'abort signal', expect: ['aborted', 'timeout', 'terminated'], run: async ({ runtime }) => { const c = new AbortController(); const p = runtime.evalAsync('for (;;);', { timeout: 60_000, signal: c.signal }); setTimeout(() => c.abort(), 30); await p; } },
  { name: 'eval while evalAsync is busy', expect: ['value', 'timeout', 'terminated', 'closed', 'capacity'], run: async ({ runtime }) => { const p = settle(runtime.evalAsync('for (;;);', { timeout: 300 })); await sleep(30); try { runtime.eval('1', { timeout: 300 }); } finally { await p; } } },
  { name: 'eval behind a native routine', run: async ({ runtime }) => { const p = settle(runtime.evalAsync(NATIVE, { timeout: 300 })); await sleep(30); try { runtime.eval('1', { timeout: 300 }); } finally { await p; } } },
  { name: 'eval in a host function of eval', run: async ({ runtime }) => { let n = 0; runtime.bindFunction('again', () => (++n < 5000 ? runtime.eval('again()') : n)); runtime.eval('again()'); } },
  { name: 'evalAsync in a host function', run: async ({ runtime }) => { runtime.bindFunction('again', async () => runtime.evalAsync('for (;;);', { timeout: 100 })); await runtime.evalAsync('again()'); } },
  { name: 'twenty tenants in native routines', limits: { timeout: 300 }, run: async ({ isolet, limits }) => {
    const all = Array.from({ length: 20 }, () => new isolet.Runtime({ maxHeapSize: 16 << 20 }));
    const results = await Promise.all(all.map((r) => settle(r.evalAsync(NATIVE, { timeout: limits.timeout }))));
    for (const r of all) r.close();
    throw results[19];
  }, settleExtra: 1500, quietExtra: 2500 * (availableParallelism() - 1) },
  { name: 'twenty tenants out of memory', limits: { timeout: 3000 }, memoryExtra: 600 << 20, run: async ({ isolet, limits }) => {
    const all = Array.from({ length: 20 }, () => new isolet.Runtime({ maxHeapSize: 16 << 20 }));
    const results = await Promise.all(all.map((r) => settle(r.evalAsync('const a = []; for (;;) a.push({})', { timeout: limits.timeout }))));
    for (const r of all) r.close();
    throw results[19];
  } },
  // Each keeps what it had. Who can't pay for many says so, and the process refuses new guests from there on.
  { name: 'lost to one huge step until the process is full', here: true, limits: { timeout: 8000 }, full: true, memoryExtra: 8 * 100 * (1 << 20), expect: ['capacity'], run: async ({ isolet }) => {
    isolet.setProcessLimits({ maxLostIsolates: 8 });
    let last;
    for (let i = 0; i < 50; i++) {
      try {
        const r = new isolet.Runtime({ maxHeapSize: 16 << 20 });
        last = await settle(r.evalAsync("'x'.repeat(2 ** 28).split('').length", { timeout: 300 }));
        r.close();
      } catch (error) { last = error; break; }
    }
    throw last;
  } },
  // The host itself makes 3,000 isolates here, on a machine that does other things.
  { name: 'isolates without end', limits: { timeout: 15000 }, settleExtra: 15000, slow: true, memoryExtra: 12000 * (1 << 20), expect: ['capacity'], run: async ({ isolet }) => { const keep = []; try { for (let i = 0; i < 20000; i++) keep.push(new isolet.Runtime({ maxHeapSize: 8 << 20 })); } finally { for (const r of keep) r.close(); } } },
  { name: 'isolates without end, async', limits: { timeout: 15000 }, settleExtra: 15000, slow: true, memoryExtra: 12000 * (1 << 20), expect: ['capacity'], run: async ({ isolet }) => { const keep = []; try { for (let i = 0; i < 20000; i++) keep.push(await isolet.Runtime.create({ maxHeapSize: 8 << 20 })); } finally { for (const r of keep) r.close(); } } },
  { name: 'queue without end', limits: { timeout: 4000 }, memoryExtra: 500 << 20, run: async ({ runtime }) => {
    const busy = settle(runtime.evalAsync('for (;;);', { timeout: 1000 }));
    let refused = 0; const all = [];
    for (let i = 0; i < 6e4; i++) all.push(runtime.evalAsync('1', { timeout: 3000 }).catch((e) => { if (e.code?.endsWith('CAPACITY')) refused++; }));
    await Promise.all([busy, ...all]);
    if (!refused) throw new Error('60,000 queued calls were all accepted');
  }, expect: ['value'] },
  // The host itself copies 2.5 GB of text here, on its own thread.
  { name: 'arguments without end', limits: { timeout: 4000 }, memoryExtra: 400 << 20, settleExtra: 8000, run: async ({ runtime }) => {
    const busy = settle(runtime.evalAsync('for (;;);', { timeout: 800 }));
    const f = await settle(runtime.evalAsync('(x) => 1', { timeout: 3000 }));
    const big = 'x'.repeat(5e6); const all = [];
    for (let i = 0; i < 500; i++) { const r = new Promise((ok) => ok(runtime.evalAsync(`1//${big}`, { timeout: 500 }))); all.push(settle(r)); }
    await Promise.all([busy, ...all]); return String(f).length;
  } },
  { name: 'call with hostile host values', expect: ['value', 'transfer', 'javascript', 'timeout'], run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => typeof x');
    let deep = {}; for (let i = 0; i < 1e5; i++) deep = { deep };
    const cyclic = {}; cyclic.self = cyclic;
    for (const v of [deep, cyclic, 'x'.repeat(3e8), new Array(1e8), Symbol('x'), new Proxy({}, { ownKeys() { throw new Error('no'); } }), process, globalThis, { get a() { throw new Error('getter'); } }]) await settle(Promise.resolve().then(() => f.callAsync([v])));
  }, limits: { timeout: 8000 }, memoryExtra: 2000 * (1 << 20) },
  { name: 'guest functions outlive the runtime', expect: ['closed', 'terminated'], run: async ({ runtime }) => { const f = await runtime.evalAsync('() => 1'); runtime.close(); await f.callAsync([]); } },
  { name: 'host promise settles after close', expect: ['closed', 'terminated'], run: async ({ runtime }) => { let go; runtime.bindFunction('wait', () => new Promise((r) => { go = r; })); const p = runtime.evalAsync('wait()', { timeout: 60_000 }); await sleep(30); runtime.close(); setTimeout(() => go({ a: 1 }), 10); await p; } },
  { name: 'bad arguments', expect: ['value'], run: async ({ isolet }) => {
    for (const o of [{ maxHeapSize: -1 }, { maxHeapSize: NaN }, { maxHeapSize: 1 }, { maxHeapSize: 2 ** 53 }, { timeout: -5 }, { timeout: 'x' }, { timeout: Infinity }, { bootstrap: 5 }, { snapshot: Buffer.alloc(100) }, { snapshot: {} }, { maxTransferDepth: 1e9 }, { maxTransferBytes: 2 ** 40 }, { name: {} }]) {
      try { const r = new isolet.Runtime(o); await settle(r.evalAsync('1')); r.close(); } catch {}
    }
  } },
  ...[
    ['a getter for ArrayBuffer', "Object.defineProperty(globalThis, 'ArrayBuffer', { get() { for (;;); } })"],
    ['a getter for WebAssembly', "Object.defineProperty(globalThis, 'WebAssembly', { get() { for (;;); } })"],
    ['a getter for Symbol', "Object.defineProperty(globalThis, 'Symbol', { get() { for (;;); } })"],
    ['a Proxy for Intl', 'globalThis.Intl = new Proxy({}, { get() { for (;;); } })'],
    ['a Proxy below globalThis', 'Object.setPrototypeOf(globalThis, new Proxy({}, { get() { for (;;); }, has() { for (;;); } }))'],
    ['descriptors that never end', "Object.defineProperty(Object.prototype, 'value', { get() { for (;;); } })"],
    ['a native routine in a getter', "Object.defineProperty(globalThis, 'Reflect', { get() { return [].indexOf.call({ length: 2 ** 53 - 1 }, 1); } })"],
    ['everything frozen', "for (const k of Reflect.ownKeys(globalThis)) { const v = globalThis[k]; if (v && v.prototype) Object.freeze(v.prototype); if (Object(v) === v && v !== globalThis) Object.freeze(v); }"],
    ['typed arrays and buffers', 'globalThis.kept = [new Float64Array(1000), new Uint8Array(3), new ArrayBuffer(8, { maxByteLength: 64 }), ArrayBuffer]'],
  ].map(([name, code]) => ({ name: `a snapshot with ${name}`, expect: [...ANY, 'snapshot'], settleExtra: 2500, run: async ({ isolet, limits }) => {
    const snapshot = await new isolet.SnapshotBuilder({ timeout: limits.timeout }).executeScript('a.js', code).buildAsync();
    for (const streams of [false, true]) {
      const all = await settle(isolet.Runtime.create({ snapshot, streams, timeout: 300 }).then((r) => { try { return r.eval('1 + 1'); } finally { r.close(); } }));
      if (all !== 'value' && !all.code) throw all;
    }
  } })),
  { name: 'damaged snapshots', expect: ['value'], limits: { timeout: 8000 }, run: async ({ isolet }) => {
    const good = await new isolet.SnapshotBuilder().executeScript('a.js', 'globalThis.a = 1').build();
    const bytes = good.toBuffer();
    for (let i = 0; i < 40; i++) {
      const bad = Buffer.from(bytes); const at = Math.floor((i / 40) * bad.length); bad[at] ^= 255;
      try { const r = new isolet.Runtime({ snapshot: isolet.Snapshot.from(bad) }); r.eval('1'); r.close(); throw new Error(`byte ${at} was not noticed`); } catch (e) { if (!e.code) throw e; }
    }
  } },
  { name: 'worker dies with a stuck guest', here: true, limits: { timeout: 5000 }, expect: ['value'], run: async ({ library }) => {
    const { Worker } = await import('node:worker_threads');
    for (const code of ['for (;;);', NATIVE, "'x'.repeat(2 ** 28).split('')", 'new Promise(() => {})']) {
      const w = new Worker(`const { Runtime } = require(${JSON.stringify(library)}); const r = new Runtime({ maxHeapSize: 32 << 20 }); r.evalAsync(${JSON.stringify(code)}, { timeout: 60_000 }).catch(() => {}); setInterval(() => {}, 1000);`, { eval: true });
      await new Promise((r) => w.once('online', r)); await sleep(150); await w.terminate();
    }
  } },
  { name: 'worker exits by itself with open runtimes', here: true, limits: { timeout: 5000 }, expect: ['value'], run: async ({ library }) => {
    const { Worker } = await import('node:worker_threads');
    const w = new Worker(`const { Runtime } = require(${JSON.stringify(library)}); for (let i = 0; i < 5; i++) new Runtime().eval('1');`, { eval: true });
    const code = await new Promise((r) => w.once('exit', r));
    if (code !== 0) throw new Error(`exit code ${code}`);
  } },
  // The system gives a process some 65,000 mappings, and V8 ends it when there are no more.
  { name: 'forty tenants with all the resizable buffers they can have', limits: { timeout: 8000 }, memoryExtra: 400 << 20, expect: ['value'], run: async ({ isolet }) => {
    const all = Array.from({ length: 40 }, () => new isolet.Runtime({ maxHeapSize: 32 << 20, timeout: 1000 }));
    for (const r of all) await settle(r.evalAsync('globalThis.k = []; try { for (;;) k.push(new ArrayBuffer(4096, { maxByteLength: 8192 })); } catch {} k.length'));
    for (let i = 0; i < 20; i++) new isolet.Runtime({ maxHeapSize: 16 << 20 }).close();
    for (const r of all) r.close();
  } },
  { name: 'tenants with all the modules they can have', limits: { timeout: 12000 }, memoryExtra: 1500 << 20, expect: ['value'], run: async ({ isolet }) => {
    const all = Array.from({ length: 20 }, () => new isolet.Runtime({ maxHeapSize: 64 << 20, timeout: 1500 }));
    for (const r of all) await settle(r.evalAsync('globalThis.k = []; try { for (let i = 0; ; i++) k.push(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,0,5,1,97,i&127,i>>7&127,i>>14&127]))); } catch {} k.length'));
    for (let i = 0; i < 20; i++) new isolet.Runtime({ maxHeapSize: 16 << 20 }).close();
    for (const r of all) r.close();
  } },
  // V8 collects once more while it takes an isolate down, and found no room for that. Each has a text of 128 MB, and those
  // before it may still be on their way out.
  { name: 'closed with a heap that is full', limits: { timeout: 8000 }, memoryExtra: 1000 << 20, run: async ({ isolet }) => {
    for (let i = 0; i < 25; i++) await isolet.runSandboxed("globalThis.k = []; for (let i = 0; i < 160000; i++) k.push([i + .5, { i }]); globalThis.h = 'x'.repeat(2 ** 27); h.charCodeAt(1); 1", { maxHeapSize: 32 << 20, timeout: 2000 });
  } },
  { name: 'aborted while it reads an error', expect: ['aborted'], run: async ({ runtime, isolet }) => {
    const c = new AbortController(); setTimeout(() => c.abort(), 60);
    try { await runtime.evalAsync('throw { get message() { for (;;); } }', { signal: c.signal, timeout: 60_000 }); } finally { await sleep(3500); if (isolet.getProcessStats().lostIsolates > 0 || runtime.state !== 'open') throw new Error('lost'); }
  }, settleExtra: 4000 },
  { name: 'a native routine in a call that a host function makes', limits: { timeout: 300 }, run: async ({ isolet, limits }) => {
    const r = new isolet.Runtime({ maxHeapSize: 32 << 20 }); r.bindFunction('call', (f) => f());
    try { await r.evalAsync(`call(() => ${NATIVE})`, { timeout: limits.timeout }); } finally { r.close(); }
  } },
]);
