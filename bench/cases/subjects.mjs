// The same guest in each library, so that a case only says what it does with it.

/** An isolated-vm isolate with a context; `fn(source)` gives a reference to a guest function. */
export function isolatedVm(tools, memoryLimit = 64) {
  const ivm = tools.peer('isolated-vm');
  const isolate = new ivm.Isolate({ memoryLimit });
  const context = isolate.createContextSync();
  return {
    ivm,
    isolate,
    context,
    fn: (source) => context.evalSync(`(${source})`, { reference: true }),
    close: () => isolate.dispose(),
  };
}

export const COPY = { arguments: { copy: true }, result: { copy: true } };

/** Synchronous calls run on Node's own thread, for guests that are trusted that far; otherwise an engine thread runs them. */
export const IN_PLACE = { syncCalls: 'inPlace' };

export function isoletGuest(tools, options = {}) {
  const { Runtime } = tools.isolet();
  const runtime = new Runtime(options);
  return { runtime, fn: (source) => runtime.eval(`(${source})`), close: () => runtime.close() };
}

/** A worker thread that answers `{ id, args }` with `{ id, result }`: what people write around postMessage. */
export async function workerGuest(source) {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const fn = (${source});
     parentPort.on('message', async ({ id, args }) => {
       parentPort.postMessage({ id, result: await fn(...args) });
     });`,
    { eval: true },
  );
  const waiting = new Map();
  let next = 0;
  worker.on('message', ({ id, result }) => {
    const resolve = waiting.get(id);
    waiting.delete(id);
    resolve(result);
  });
  const call = (args, transfer) =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      worker.postMessage({ id, args }, transfer);
    });
  await call([0]);
  return { call, close: () => worker.terminate() };
}

export async function vmContext() {
  const vm = await import('node:vm');
  return { vm, context: vm.createContext({}) };
}

export async function quickJs(tools) {
  const { getQuickJS } = tools.peer('quickjs-emscripten');
  const quickjs = await getQuickJS();
  const context = quickjs.newContext();
  return {
    quickjs,
    context,
    eval: (code) => context.unwrapResult(context.evalCode(code)),
    close: () => context.dispose(),
  };
}

/** A plain object that is about `bytes` long as JSON, with the mix of fields an event has. */
export function objectOf(bytes) {
  const items = [];
  const item = (i) => ({ id: i, name: `item number ${i}`, price: i * 1.25, tags: ['red', 'blue'], open: i % 2 === 0 });
  let size = 2;
  for (let i = 0; size < bytes; i += 1) {
    items.push(item(i));
    size += JSON.stringify(items[i]).length + 1;
  }
  return { n: 1, items };
}
