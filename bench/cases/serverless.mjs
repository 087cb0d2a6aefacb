// The layers above Runtime: a warm invocation, and the first one of a new function.
import { isolatedVm, isoletGuest } from './subjects.mjs';

const CODE = '(event) => ({ ok: true, n: event.n })';
const spec = (name) => ({ tenantId: 'tenant', name, code: CODE });

const warm = {
  name: 'serverless-warm',
  title: 'warm invocation, { n } in, { ok, n } out',
  variants: {
    async isolet(tools) {
      const { ServerlessRuntime } = tools.isolet();
      const serverless = new ServerlessRuntime({ log() {} });
      await serverless.deploy(spec('warm'));
      const body = () => serverless.invoke('tenant', 'warm', { n: 1 });
      await body();
      return { sample: () => tools.timeEachAsync(body), close: () => serverless.cleanup() };
    },
    async 'isolet pool'(tools) {
      const { RuntimePool } = tools.isolet();
      const pool = new RuntimePool({ log() {} });
      const body = () => pool.invoke(spec('warm'), { n: 1 });
      await body();
      return { sample: () => tools.timeEachAsync(body), close: () => pool.close() };
    },
    async 'isolet callAsync'(tools) {
      const guest = isoletGuest(tools);
      const fn = guest.fn(CODE);
      return { sample: () => tools.timeEachAsync(() => fn.callAsync([{ n: 1 }])), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools);
      const fn = guest.fn(CODE);
      const options = { arguments: { copy: true }, result: { copy: true } };
      return {
        sample: () => tools.timeEachAsync(() => fn.apply(undefined, [{ n: 1 }], options)),
        close: guest.close,
      };
    },
  },
};

function openPool(RuntimePool, options, tools) {
  try {
    return new RuntimePool({ log() {} }, options);
  } catch (error) {
    return tools.unavailable(`no pool with ${JSON.stringify(options)}: ${error.message}`);
  }
}

/** The same in a bare isolate that was made ahead, on Node's own thread, with nothing of isolet: what a pause costs. */
const bareFirst = (pause) => ({
  async floor(tools) {
    const floor = tools.floor();
    let ready = floor.open('() => 1');
    let n = 0;
    const body = () => floor.firstCall(ready, `(${CODE})`, ++n);
    const after = async () => {
      floor.close(ready);
      ready = floor.open('() => 1');
      await tools.sleep(pause);
    };
    return { sample: () => tools.timeEach(body, { after }), close: () => floor.close(ready) };
  },
});

/** Each call is the first of a function nobody has seen. Between calls the pool has time to make stock. */
const first = (name, title, options, pause, floor = {}) => ({
  name,
  title,
  variants: {
    ...floor,
    async isolet(tools) {
      const { RuntimePool } = tools.isolet();
      const pool = openPool(RuntimePool, options, tools);
      let next = 0;
      const body = async () => {
        const one = spec(`first-${next++}`);
        await pool.invoke(one, { n: 1 });
        return one;
      };
      const after = async (one) => {
        await pool.evict(`${one.tenantId}:${one.name}`);
        await tools.sleep(pause);
      };
      await body();
      await tools.sleep(pause * 4);
      return { sample: () => tools.timeEachAsync(body, { after }), close: () => pool.close() };
    },
    async 'isolated-vm'(tools) {
      const ivm = tools.peer('isolated-vm');
      const options = { arguments: { copy: true }, result: { copy: true } };
      const body = async () => {
        const isolate = new ivm.Isolate({ memoryLimit: 64 });
        const context = await isolate.createContext();
        const fn = await context.eval(`(${CODE})`, { reference: true });
        await fn.apply(undefined, [{ n: 1 }], options);
        return isolate;
      };
      const after = async (isolate) => {
        isolate.dispose();
        await tools.sleep(pause);
      };
      return { sample: () => tools.timeEachAsync(body, { after }) };
    },
  },
});

const BURST = 8;

/** As `first` with stock, one straight after the other: a burst as long as the stock, and a pause to fill it up again. */
const burst = {
  name: 'pool-first-burst',
  title: `first invocations of ${BURST} new functions, one straight after the other, pool with stock`,
  variants: {
    async isolet(tools) {
      const { RuntimePool } = tools.isolet();
      const pool = openPool(RuntimePool, { stock: BURST }, tools);
      let next = 0;
      const body = async () => {
        const samples = [];
        const all = Array.from({ length: BURST }, () => spec(`burst-${next++}`));
        for (const one of all) {
          const before = performance.now();
          await pool.invoke(one, { n: 1 });
          samples.push((performance.now() - before) * 1000);
        }
        for (const one of all) pool.evict(`${one.tenantId}:${one.name}`);
        while (pool.stats().stock < BURST) await tools.sleep(5);
        await tools.sleep(20);
        return samples;
      };
      await body();
      return { sample: () => bursts(body, tools), close: () => pool.close() };
    },
    async 'isolated-vm'(tools) {
      const ivm = tools.peer('isolated-vm');
      const copied = { arguments: { copy: true }, result: { copy: true } };
      const body = async () => {
        const samples = [];
        const all = [];
        for (let i = 0; i < BURST; i += 1) {
          const before = performance.now();
          const isolate = new ivm.Isolate({ memoryLimit: 64 });
          const context = await isolate.createContext();
          const fn = await context.eval(`(${CODE})`, { reference: true });
          await fn.apply(undefined, [{ n: 1 }], copied);
          samples.push((performance.now() - before) * 1000);
          all.push(isolate);
        }
        for (const isolate of all) isolate.dispose();
        await tools.sleep(50);
        return samples;
      };
      return { sample: () => bursts(body, tools) };
    },
  },
};

async function bursts(body, tools) {
  const samples = [];
  for (let i = 0; i < tools.size(10, 1); i += 1) samples.push(...(await body()));
  return samples;
}

export default [
  warm,
  burst,
  first('pool-first-stock', 'first invocation of a new function, pool with stock', { stock: 8 }, 10, bareFirst(10)),
  first('pool-first', 'first invocation of a new function, pool without stock', { stock: 0 }, 2),
];
