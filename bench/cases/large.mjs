// A large bundle: what its deployment costs, and its first invocation in a process that has seen it before.
import { makeBundle } from './bundle.mjs';
import { COPY } from './subjects.mjs';

const deployed = (code) => ({ tenantId: 'tenant', name: 'large', code, memoryMb: 64, loadTimeout: 30_000 });
const check = ({ n, names }) => {
  if (n !== 1 || names < 100) throw new Error(`the bundle answered ${n} and ${names}`);
};

const cpuMs = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** A few samples of `run`, each in processor time; what it answers with is called between two. */
async function cpuTimes(tools, run) {
  const samples = [];
  for (let i = 0; i < tools.size(5, 1); i += 1) {
    const before = process.cpuUsage();
    const after = await run();
    samples.push(cpuMs(before));
    after?.();
  }
  return samples;
}

export default [
  {
    name: 'deploy-800kb',
    title: 'deployment of an 800 kB bundle never seen, in processor time of all threads',
    unit: 'ms',
    variants: {
      async isolet(tools) {
        const { ServerlessRuntime } = tools.isolet();
        const serverless = new ServerlessRuntime({ log() {} });
        const code = await makeBundle();
        let count = 0;
        const deploy = async () => {
          await serverless.deploy(deployed(`${code}// ${++count}`));
        };
        return { sample: () => cpuTimes(tools, deploy), close: () => serverless.cleanup() };
      },
      /** No checks, no limits on them: only V8 compiling and evaluating it. */
      async 'isolated-vm'(tools) {
        const ivm = tools.peer('isolated-vm');
        const code = await makeBundle();
        let count = 0;
        const evaluate = async () => {
          const isolate = new ivm.Isolate({ memoryLimit: 64 });
          const context = await isolate.createContext();
          await context.eval(`${wrapped(code)}// ${++count}`);
          return () => isolate.dispose();
        };
        return { sample: () => cpuTimes(tools, evaluate) };
      },
    },
  },
  {
    name: 'cold-800kb',
    title: 'cold invocation of an 800 kB bundle whose compiled code is kept',
    variants: {
      async isolet(tools) {
        const { ServerlessRuntime } = tools.isolet();
        const serverless = new ServerlessRuntime({ log() {} });
        await serverless.deploy(deployed(await makeBundle()));
        const invoke = () => serverless.invoke('tenant', 'large', { n: 1 });
        const after = async (answer) => {
          check(answer);
          await serverless.restart('tenant', 'large');
          await tools.sleep(50);
        };
        // The first one leaves its code.
        await after(await invoke());
        return { sample: () => tools.timeEachAsync(invoke, { after }), close: () => serverless.cleanup() };
      },
      async 'isolated-vm'(tools) {
        const ivm = tools.peer('isolated-vm');
        const code = `${wrapped(await makeBundle())}`;
        const first = new ivm.Isolate({ memoryLimit: 64 });
        const script = await first.compileScript(code, { produceCachedData: true });
        const { cachedData } = script;
        first.dispose();
        const start = async () => {
          const isolate = new ivm.Isolate({ memoryLimit: 64 });
          const context = await isolate.createContext();
          const made = await isolate.compileScript(code, { cachedData });
          const fn = await made.run(context, { reference: true });
          return { isolate, answer: await fn.apply(undefined, [{ n: 1 }], COPY) };
        };
        const after = async ({ isolate, answer }) => {
          check(answer);
          isolate.dispose();
          await tools.sleep(50);
        };
        return { sample: () => tools.timeEachAsync(start, { after }) };
      },
    },
  },
];

const wrapped = (code) => `(() => { const module = { exports: {} }; ${code}\n;return module.exports.default; })()`;
