// From nothing to the first result of a fresh isolate.
import { isolatedVm } from './subjects.mjs';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const firstResult = (phases) => {
  const totals = [];
  for (let i = 0; i < phases.length; i += 4) totals.push(phases[i] + phases[i + 1] + phases[i + 2]);
  return totals;
};

/** Keeps `count` idle isolates of the variant's own kind open while it is measured. */
const keepers = {
  floor(tools, count) {
    const floor = tools.floor();
    for (let i = 0; i < count; i += 1) floor.open('() => 1');
  },
  isolet(tools, count) {
    const { Runtime } = tools.isolet();
    return Array.from({ length: count }, () => {
      const runtime = new Runtime();
      runtime.eval('1');
      return runtime;
    });
  },
  isolatedVm: (tools, count) => Array.from({ length: count }, () => isolatedVm(tools)),
};

/** @param {number} open runtimes that stay open @param {number} [stock] isolates kept ready, isolet's own number otherwise */
const isoletStart = (open, stock) => async (tools) => {
  const { Runtime, setProcessLimits } = tools.isolet();
  if (stock !== undefined) setProcessLimits({ maxStockedIsolates: stock });
  const kept = keepers.isolet(tools, tools.size(open, open / 20));
  const start = () => {
    const runtime = new Runtime();
    runtime.eval('1 + 1');
    return runtime;
  };
  const after = async (runtime) => {
    runtime.close();
    await settle();
  };
  return { kept, sample: () => tools.timeEach(start, { after }) };
};

const coldStart = (open, title) => ({
  name: open === 0 ? 'cold-start' : 'cold-start-crowded',
  title,
  variants: {
    async floor(tools) {
      const floor = tools.floor();
      keepers.floor(tools, tools.size(open, open / 20));
      return { sample: () => firstResult(floor.coldStart(tools.size(100, 5))) };
    },
    isolet: isoletStart(open),
    // What a runtime costs that finds none made ahead: the first ones, and those that come faster than they are made.
    'isolet without stock': isoletStart(open, 0),
    async 'isolet create'(tools) {
      const { Runtime } = tools.isolet();
      const kept = keepers.isolet(tools, tools.size(open, open / 20));
      const start = async () => {
        const runtime = await Runtime.create();
        await runtime.evalAsync('1 + 1');
        return runtime;
      };
      return { kept, sample: () => tools.timeEachAsync(start, { after: (runtime) => runtime.closeAsync() }) };
    },
    async 'isolated-vm'(tools) {
      const ivm = tools.peer('isolated-vm');
      const kept = keepers.isolatedVm(tools, tools.size(open, open / 20));
      const start = () => {
        const isolate = new ivm.Isolate({ memoryLimit: 64 });
        isolate.createContextSync().evalSync('1 + 1');
        return isolate;
      };
      const after = async (isolate) => {
        isolate.dispose();
        await settle();
      };
      return { kept, sample: () => tools.timeEach(start, { after }) };
    },
    async 'isolated-vm async'(tools) {
      const ivm = tools.peer('isolated-vm');
      const kept = keepers.isolatedVm(tools, tools.size(open, open / 20));
      const start = async () => {
        const isolate = new ivm.Isolate({ memoryLimit: 64 });
        const context = await isolate.createContext();
        await context.eval('1 + 1');
        return isolate;
      };
      return { kept, sample: () => tools.timeEachAsync(start, { after: (isolate) => isolate.dispose() }) };
    },
    ...(open === 0 && othersWithoutIsolates()),
  },
});

function othersWithoutIsolates() {
  return {
    async worker_threads(tools) {
      const { Worker } = await import('node:worker_threads');
      const code = "require('node:worker_threads').parentPort.postMessage(1 + 1)";
      const start = () =>
        new Promise((resolve) => {
          const worker = new Worker(code, { eval: true });
          worker.once('message', () => resolve(worker));
        });
      return { sample: () => tools.timeEachAsync(start, { after: (worker) => worker.terminate() }) };
    },
    async 'node:vm'(tools) {
      const vm = await import('node:vm');
      const start = () => vm.runInContext('1 + 1', vm.createContext({}));
      return { sample: () => tools.timeEach(start, { after: settle }) };
    },
    async 'quickjs-emscripten'(tools) {
      const quickjs = await tools.peer('quickjs-emscripten').getQuickJS();
      const start = () => {
        const context = quickjs.newContext();
        context.unwrapResult(context.evalCode('1 + 1')).dispose();
        return context;
      };
      return { sample: () => tools.timeEach(start, { after: (context) => context.dispose() }) };
    },
  };
}

/** As in a service: the next one is wanted a little later, and there is time to prepare for it. */
const paced = {
  name: 'cold-start-paced',
  title: 'new isolate to first result, 10 ms after the last one was closed',
  variants: {
    async isolet(tools) {
      const { Runtime } = tools.isolet();
      const start = () => {
        const runtime = new Runtime();
        runtime.eval('1 + 1');
        return runtime;
      };
      return { sample: () => tools.timeEach(start, { after: pausing(tools, (runtime) => runtime.close()) }) };
    },
    async 'isolet create'(tools) {
      const { Runtime } = tools.isolet();
      const start = async () => {
        const runtime = await Runtime.create();
        await runtime.evalAsync('1 + 1');
        return runtime;
      };
      return { sample: () => tools.timeEachAsync(start, { after: pausing(tools, (runtime) => runtime.close()) }) };
    },
    async 'isolated-vm'(tools) {
      const ivm = tools.peer('isolated-vm');
      const start = () => {
        const isolate = new ivm.Isolate({ memoryLimit: 64 });
        isolate.createContextSync().evalSync('1 + 1');
        return isolate;
      };
      return { sample: () => tools.timeEach(start, { after: pausing(tools, (isolate) => isolate.dispose()) }) };
    },
  },
};

const pausing = (tools, close) => async (one) => {
  close(one);
  await tools.sleep(10);
};

const cycle = {
  name: 'cold-start-cycle',
  title: 'create, first result and close, one after the other',
  variants: {
    async floor(tools) {
      const floor = tools.floor();
      const sum = (phases) => {
        const totals = [];
        for (let i = 0; i < phases.length; i += 4) {
          totals.push(phases[i] + phases[i + 1] + phases[i + 2] + phases[i + 3]);
        }
        return totals;
      };
      return { sample: () => sum(floor.coldStart(tools.size(100, 5))) };
    },
    async isolet(tools) {
      const { Runtime } = tools.isolet();
      const body = async () => {
        const runtime = new Runtime();
        runtime.eval('1 + 1');
        await runtime.closeAsync();
      };
      return { sample: () => tools.timeEachAsync(body) };
    },
    async 'isolated-vm'(tools) {
      const ivm = tools.peer('isolated-vm');
      const body = () => {
        const isolate = new ivm.Isolate({ memoryLimit: 64 });
        isolate.createContextSync().evalSync('1 + 1');
        isolate.dispose();
      };
      return { sample: () => tools.timeEach(body) };
    },
  },
};

export default [
  coldStart(0, 'new isolate to first result'),
  paced,
  coldStart(1000, 'new isolate to first result with 1,000 others open'),
  cycle,
];
