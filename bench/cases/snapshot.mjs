// A web-size library: evaluated for each runtime, or found ready in a snapshot.
import { librarySource, useLibrary } from './library.mjs';

const expected = 442;
const check = (answer) => {
  if (answer !== expected) throw new Error(`the library answered ${answer}`);
};

/** Closes what a sample started, and waits until the next one. */
const closing = (pause) => (tools, close) => async (subject) => {
  await close(subject);
  await (pause > 0 ? tools.sleep(pause) : new Promise((resolve) => setImmediate(resolve)));
};

const library = (name, title, pause, only) => {
  const ending = closing(pause);
  const variants = {
    async isolet(tools) {
      const { Runtime, SnapshotBuilder } = tools.isolet();
      const builder = new SnapshotBuilder();
      const snapshot = await builder.executeScript('library.js', librarySource()).build();
      const start = () => {
        const runtime = new Runtime({ snapshot });
        check(runtime.eval(useLibrary));
        return runtime;
      };
      return {
        notes: () => snapshot.kind,
        sample: () => tools.timeEach(start, { after: ending(tools, (runtime) => runtime.close()) }),
      };
    },
    async 'isolet create'(tools) {
      const { Runtime, SnapshotBuilder } = tools.isolet();
      const builder = new SnapshotBuilder();
      const snapshot = await builder.executeScript('library.js', librarySource()).build();
      const start = async () => {
        const runtime = await Runtime.create({ snapshot });
        check(await runtime.evalAsync(useLibrary));
        return runtime;
      };
      return { sample: () => tools.timeEachAsync(start, { after: ending(tools, (runtime) => runtime.closeAsync()) }) };
    },
    async 'isolet plain'(tools) {
      const { Runtime } = tools.isolet();
      const source = librarySource();
      // Another text each time: this is what the library costs where nothing of it was kept, and the process keeps
      // compiled code of texts that come again. 'isolet again' is with it.
      let count = 0;
      const start = () => {
        const runtime = new Runtime();
        runtime.eval(`${source};0 // ${++count}`);
        check(runtime.eval(useLibrary));
        return runtime;
      };
      return { sample: () => tools.timeEach(start, { after: ending(tools, (runtime) => runtime.close()) }) };
    },
    async 'isolet again'(tools) {
      const { Runtime } = tools.isolet();
      const source = `${librarySource()};0`;
      const start = () => {
        const runtime = new Runtime();
        runtime.eval(source);
        check(runtime.eval(useLibrary));
        return runtime;
      };
      return { sample: () => tools.timeEach(start, { after: ending(tools, (runtime) => runtime.close()) }) };
    },
    async 'isolated-vm'(tools) {
      const ivm = tools.peer('isolated-vm');
      const code = librarySource();
      const snapshot = process.versions.node.startsWith('20.')
        ? undefined // made in Node 20 it restores wrong
        : ivm.Isolate.createSnapshot([{ code, filename: 'library.js' }]);
      const start = () => {
        const isolate = new ivm.Isolate({ memoryLimit: 64, ...(snapshot && { snapshot }) });
        const context = isolate.createContextSync();
        if (!snapshot) context.evalSync(`${code};0`);
        check(context.evalSync(useLibrary));
        return isolate;
      };
      return { sample: () => tools.timeEach(start, { after: ending(tools, (isolate) => isolate.dispose()) }) };
    },
    async 'node:vm'(tools) {
      const vm = await import('node:vm');
      const code = librarySource();
      const start = () => {
        const context = vm.createContext({});
        vm.runInContext(code, context);
        check(vm.runInContext(useLibrary, context));
      };
      return { sample: () => tools.timeEach(start, { after: ending(tools, () => {}) }) };
    },
  };
  const chosen = only ?? Object.keys(variants);
  return {
    name,
    title,
    unit: 'µs',
    variants: Object.fromEntries(chosen.map((variant) => [variant, variants[variant]])),
  };
};

export default [
  library('snapshot', 'new isolate with a 50 ms library to first result', 0),
  library('snapshot-paced', 'the same, 10 ms after the last one was closed', 10, [
    'isolet',
    'isolet create',
    'isolated-vm',
  ]),
];
