import { availableParallelism } from 'node:os';
import { group } from '../define.mjs';

const NATIVE = '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)';
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const settle = (promise) => Promise.resolve(promise).then(() => 'value', (error) => error);

/** Tenants take every processor, twice over, for so many milliseconds; answers how to wait for their end. */
const crowd = async (isolet, code, ms) => {
  const all = Array.from({ length: 2 * availableParallelism() }, () => new isolet.Runtime({ maxHeapSize: 16 << 20 }));
  const busy = Promise.all(all.map((r) => settle(r.evalAsync(code, { timeout: ms }))));
  await sleep(60);
  return async () => { await busy; for (const r of all) r.close(); };
};

/** What the host waits for has its turn, whatever the tenants do. */
export default group('starvation', { entry: 'host', expect: ['value'], blocks: false, limits: { timeout: 4000 }, settleExtra: 4000, memoryExtra: 100 << 20 }, [
  ...[['that compute', 'for (;;);'], ['in native routines', NATIVE], ['that fill their heaps', 'const a = []; for (;;) a.push([])'], ['in microtasks', '(async () => { for (;;) await 0; })()']].map(([name, code]) => ({ name: `synchronous calls among tenants ${name}`, quietExtra: code === NATIVE ? 2500 * (availableParallelism() - 1) : 0, run: async ({ isolet, runtime }) => {
    const end = await crowd(isolet, code, 1500);
    for (let i = 0; i < 50; i++) { runtime.eval('1', { timeout: 400 }); await null; }
    await end();
  } })),
  { name: 'runtimes with a bootstrap among tenants that compute', run: async ({ isolet }) => {
    const end = await crowd(isolet, 'for (;;);', 1500);
    for (let i = 0; i < 5; i++) { new isolet.Runtime({ bootstrap: 'globalThis.n = 1', timeout: 400 }).close(); await sleep(1); }
    await end();
  } },
  { name: 'a snapshot among tenants that compute', run: async ({ isolet }) => {
    const end = await crowd(isolet, 'for (;;);', 1500);
    new isolet.SnapshotBuilder({ timeout: 1000 }).executeScript('a.js', 'globalThis.n = 1').build();
    await end();
  }, blocks: true },
  { name: 'a synchronous call behind calls of its own guest', run: async ({ isolet, runtime }) => {
    const end = await crowd(isolet, 'for (;;);', 1500);
    const before = Array.from({ length: 100 }, () => runtime.evalAsync('1'));
    runtime.eval('1', { timeout: 400 });
    await Promise.all(before); await end();
  } },
  { name: 'synchronous calls in a worker among tenants that compute', here: true, run: async ({ isolet, library }) => {
    const { Worker } = await import('node:worker_threads');
    const end = await crowd(isolet, 'for (;;);', 2500);
    const w = new Worker(`const { Runtime } = require(${JSON.stringify(library)}); const r = new Runtime(); for (let i = 0; i < 50; i++) r.eval('1', { timeout: 500 }); r.close();`, { eval: true });
    const code = await new Promise((resolve, reject) => { w.once('exit', resolve); w.once('error', reject); });
    await end();
    if (code !== 0) throw new Error(`exit code ${code}`);
  } },
  { name: 'a flood of synchronous calls beside asynchronous ones', blocks: true, run: async ({ isolet, runtime }) => {
    const others = Array.from({ length: 8 }, () => new isolet.Runtime({ maxHeapSize: 16 << 20 }));
    let done = 0;
    for (const r of others) settle(r.evalAsync('for (let i = 0; i < 1e6; i++); 1')).then(() => { done++; r.close(); });
    while (done < 8) { for (let i = 0; i < 100; i++) runtime.eval('1'); await new Promise((r) => setImmediate(r)); }
  } },
  { name: 'two hundred tenants ask the host, which calls another', blocks: true, memoryExtra: 500 << 20, run: async ({ isolet, runtime }) => {
    let depth = 0, deepest = 0;
    const all = Array.from({ length: 200 }, () => new isolet.Runtime({ maxHeapSize: 16 << 20 }));
    for (const r of all) r.bindFunction('ask', () => { deepest = Math.max(deepest, ++depth); try { return runtime.eval('1'); } finally { depth--; } });
    const answers = all.map((r) => r.evalAsync('ask()'));
    for (const end = Date.now() + 200; Date.now() < end;);
    await Promise.all(answers);
    for (const r of all) r.close();
    if (deepest > 17) throw new Error(`${deepest} host calls on one stack`);
  } },
  { name: 'tenants whose synchronous callers gave up', run: async ({ isolet }) => {
    const all = Array.from({ length: 20 }, () => new isolet.Runtime({ maxHeapSize: 16 << 20 }));
    const own = all.map((r) => settle(r.evalAsync('for (;;);', { timeout: 800 })));
    for (const r of all) await settle(Promise.resolve().then(() => r.eval('1', { timeout: 1 })));
    await Promise.all(own);
    for (const r of all) r.close();
  } },
]);
