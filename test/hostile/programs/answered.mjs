import { group } from '../define.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const settle = (promise) => Promise.resolve(promise).then(() => 'value', (error) => error);
/** The guest has no time for what comes, for so many milliseconds. */
const occupy = async (runtime, ms) => {
  const busy = settle(runtime.evalAsync('for (;;);', { timeout: ms }));
  await sleep(20);
  return busy;
};

/** Calls that were answered before the guest came to them: what they brought must not stay. */
export default group('answered', { entry: 'host', expect: ['value'], limits: { timeout: 4000 }, settleExtra: 6000, slow: true }, [
  { name: 'arguments of calls that ran out of time', run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => x.length'); const big = 'x'.repeat(200_000);
    const busy = occupy(runtime, 2000);
    for (let i = 0; i < 25; i++) await Promise.all(Array.from({ length: 100 }, () => settle(f.callAsync([big], { timeout: 5 }))));
    await busy;
  } },
  { name: 'arguments of calls that were aborted', run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => x.length'); const big = 'x'.repeat(200_000);
    const busy = occupy(runtime, 2000);
    for (let i = 0; i < 25; i++) {
      const stop = new AbortController();
      const all = Array.from({ length: 10 }, () => settle(f.callAsync([big, big, big, big], { signal: stop.signal })));
      stop.abort(); await Promise.all(all);
    }
    await busy;
  } },
  { name: 'code of calls that ran out of time', run: async ({ runtime }) => {
    const busy = occupy(runtime, 2000); const code = `1//${'x'.repeat(1e6)}`;
    for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 10 }, () => settle(runtime.evalAsync(code, { timeout: 5 }))));
    await busy;
  } },
  { name: 'buffers of calls that ran out of time', run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => x.length'); const busy = occupy(runtime, 2000);
    for (let i = 0; i < 100; i++) await settle(f.callAsync([new Uint8Array(5e6).fill(1)], { timeout: 5 }));
    await busy;
  } },
  { name: 'functions of calls that ran out of time', run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => x.length'); const busy = occupy(runtime, 2000);
    for (let i = 0; i < 40; i++) await settle(f.callAsync(Array.from({ length: 2000 }, () => () => i), { timeout: 5 }));
    await busy;
  } },
  { name: 'arguments of synchronous calls that ran out of time', run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => x.length'); const big = 'x'.repeat(5e6);
    const busy = occupy(runtime, 2500);
    for (let i = 0; i < 20; i++) await settle(Promise.resolve().then(() => runtime.eval(`1//${big}`, { timeout: 5 })));
    await busy;
  } },
  { name: 'empty tasks of a hundred thousand answered calls', run: async ({ runtime }) => {
    const busy = occupy(runtime, 3500); const until = Date.now() + 3000;
    for (let n = 0; n < 1e5 && Date.now() < until; n += 2000) await Promise.all(Array.from({ length: 2000 }, () => settle(runtime.evalAsync('1', { timeout: 1 }))));
    await busy;
  } },
  { name: 'arguments that wait for a busy guest', memoryExtra: 64 << 20, run: async ({ runtime }) => {
    const f = await runtime.evalAsync('(x) => x.length'); const busy = occupy(runtime, 1000); const big = 'x'.repeat(1e6);
    const codes = await Promise.all(Array.from({ length: 500 }, () => settle(f.callAsync([big], { timeout: 3000 }))));
    await busy;
    if (!codes.some((one) => one.code === 'ERR_ISOLET_CAPACITY')) throw new Error('half a gigabyte was accepted');
  } },
  { name: 'objects bound to a busy guest', memoryExtra: 64 << 20, expect: ['capacity'], run: async ({ runtime }) => {
    const busy = occupy(runtime, 1000); const big = { text: 'x'.repeat(1e6) };
    await sleep(40);
    try { for (let i = 0; i < 500; i++) runtime.bindObject(`o${i}`, big); } finally { await busy; }
  } },
]);
