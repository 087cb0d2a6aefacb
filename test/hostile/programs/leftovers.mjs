import { group } from '../define.mjs';

const WASM = 'const b = new Uint8Array([0,97,115,109,1,0,0,0]);';
const CELL = 'const a = new Int32Array(new SharedArrayBuffer(8));';

/** Answers what `code` answers; fails if what it leaves behind still burns a processor after `patience` ms. */
const leaves = (name, code, options = {}) => ({
  name,
  ...options,
  run: async ({ runtime, limits }) => {
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const answer = await runtime.evalAsync(code, { timeout: limits.call ?? 300, cpuTimeout: limits.cpu });
    await sleep(limits.patience);
    const before = process.cpuUsage();
    await sleep(600);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 > 300) throw new Error(`still burns ${Math.round((user + system) / 6000)} % of a core`);
    return answer;
  },
});

/** Calls that answer at once and leave code behind that nobody waits for. */
export default group('leftovers', { entry: 'host', expect: ['value'], value: 1, settleExtra: 4000, limits: { timeout: 300, patience: 3000 } }, [
  leaves('loops after a host promise, again and again', 'let n = 0; (function f() { n++; host.later(1).then(f); if (n > 1) for (;;); })(); 1'),
  leaves('loops after V8 compiled something', `${WASM} function f() { WebAssembly.compile(b).then(f); for (;;); } WebAssembly.compile(b).then(f); 1`),
  leaves('loops after Atomics.waitAsync', `${CELL} function f() { Atomics.waitAsync(a, 0, 0).value.then(f); Atomics.notify(a, 0); for (;;); } Atomics.waitAsync(a, 0, 0).value.then(f); Atomics.notify(a, 0); 1`),
  leaves('loops in timers and promises in turn', 'function f() { host.later(1).then(g); for (;;); } function g() { setTimeout(f, 1); for (;;); } setTimeout(f, 1); 1'),
  leaves('works just less than the limit, again and again', 'function f() { const t = Date.now(); while (Date.now() - t < 250); host.later(1).then(f); } host.later(1).then(f); 1'),
  leaves('a limit given to one call only', 'host.later(1).then(() => { for (;;); }); 1', { limits: { timeout: 300, cpu: 100, patience: 1500 } }),
  leaves('timers that set themselves', 'function f() { for (let i = 0; i < 3; i++) setTimeout(f, 1); const t = Date.now(); while (Date.now() - t < 100); } f(); 1'),
]);
