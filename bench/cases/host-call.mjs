// Calls from the guest to the host.
import { IN_PLACE, isolatedVm, isoletGuest, quickJs, vmContext } from './subjects.mjs';

const CALLS = 100;
const LOOP = `() => { let sum = 0; for (let i = 0; i < ${CALLS}; i += 1) sum += host(i); return sum; }`;
const expected = (CALLS * (CALLS + 1)) / 2;

const perCall = (samples) => samples.map((sample) => sample / CALLS);
const check = (sum) => {
  if (sum !== expected) throw new Error(`the guest added up ${sum}`);
};
const checked = (run) => () => check(run());

const sync = {
  name: 'host-call-sync',
  title: 'synchronous host call while the host waits for the guest',
  variants: {
    async isolet(tools) {
      const guest = isoletGuest(tools);
      guest.runtime.bindFunction('host', (n) => n + 1);
      const body = checked(guest.fn(LOOP));
      return { sample: () => perCall(tools.timeBatches(body)), close: guest.close };
    },
    async 'isolet in place'(tools) {
      const guest = isoletGuest(tools, IN_PLACE);
      guest.runtime.bindFunction('host', (n) => n + 1);
      const body = checked(guest.fn(LOOP));
      return { sample: () => perCall(tools.timeBatches(body)), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools);
      guest.context.global.setSync('host', new guest.ivm.Callback((n) => n + 1));
      const loop = guest.fn(LOOP);
      const body = checked(() => loop.applySync(undefined, []));
      return { sample: () => perCall(tools.timeBatches(body)), close: guest.close };
    },
    async 'node:vm'(tools) {
      const { vm, context } = await vmContext();
      context.host = (n) => n + 1;
      const body = checked(vm.runInContext(`(${LOOP})`, context));
      return { sample: () => perCall(tools.timeBatches(body)) };
    },
    async 'quickjs-emscripten'(tools) {
      const { context, eval: evaluate, close } = await quickJs(tools);
      const host = context.newFunction('host', (n) => context.newNumber(context.getNumber(n) + 1));
      context.setProp(context.global, 'host', host);
      const loop = evaluate(`(${LOOP})`);
      const body = checked(() => {
        const result = context.unwrapResult(context.callFunction(loop, context.undefined));
        const sum = context.getNumber(result);
        result.dispose();
        return sum;
      });
      return { sample: () => perCall(tools.timeBatches(body)), close };
    },
  },
};

const syncFromEngine = {
  name: 'host-call-sync-off-loop',
  title: 'synchronous host call from a guest that runs off the event loop',
  variants: {
    async isolet(tools) {
      const guest = isoletGuest(tools);
      guest.runtime.bindFunction('host', (n) => n + 1);
      const loop = guest.fn(LOOP);
      const body = async () => check(await loop.callAsync([]));
      return { sample: () => tools.timeEachAsync(body, { calls: CALLS }), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools);
      guest.context.evalClosureSync('globalThis.host = (n) => $0.applySync(undefined, [n]);', [
        new guest.ivm.Reference((n) => n + 1),
      ]);
      const loop = guest.fn(LOOP);
      const body = async () => check(await loop.apply(undefined, []));
      return { sample: () => tools.timeEachAsync(body, { calls: CALLS }), close: guest.close };
    },
  },
};

const ASYNC = 'async (n) => (await host(n)) + 1';

const async_ = {
  name: 'host-call-async',
  title: 'async guest function that awaits one async host call',
  variants: {
    async isolet(tools) {
      const guest = isoletGuest(tools);
      guest.runtime.bindFunction('host', async (n) => n + 1);
      const fn = guest.fn(ASYNC);
      return { sample: () => tools.timeEachAsync(() => fn.callAsync([1])), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools);
      guest.context.evalClosureSync(
        'globalThis.host = (n) => $0.apply(undefined, [n], { result: { promise: true } });',
        [new guest.ivm.Reference(async (n) => n + 1)],
      );
      const fn = guest.fn(ASYNC);
      const options = { result: { promise: true } };
      return { sample: () => tools.timeEachAsync(() => fn.apply(undefined, [1], options)), close: guest.close };
    },
    async worker_threads(tools) {
      const { Worker } = await import('node:worker_threads');
      const worker = new Worker(
        `const { parentPort } = require('node:worker_threads');
         let answer;
         const host = (n) => new Promise((resolve) => { answer = resolve; parentPort.postMessage({ call: n }); });
         const fn = ${ASYNC};
         parentPort.on('message', async (message) => {
           if ('answer' in message) answer(message.answer);
           else parentPort.postMessage({ result: await fn(message.n) });
         });`,
        { eval: true },
      );
      let done;
      worker.on('message', async (message) => {
        if ('call' in message) worker.postMessage({ answer: await (async (n) => n + 1)(message.call) });
        else done(message.result);
      });
      const body = () =>
        new Promise((resolve) => {
          done = resolve;
          worker.postMessage({ n: 1 });
        });
      await body();
      return { sample: () => tools.timeEachAsync(body), close: () => worker.terminate() };
    },
  },
};

export default [sync, syncFromEngine, async_];
