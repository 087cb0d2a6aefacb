// Curves: the same work with more of something around it. Each point is a case; `curve` says where it stands.
import { availableParallelism } from 'node:os';
import { COPY, isolatedVm, isoletGuest } from './subjects.mjs';

const CODE = '(event) => ({ ok: true, n: event.n })';
const ECHO = '(value) => value';

/** Cases of a curve, one for each of `points`. */
const curve = (name, axis, points, make) =>
  points.map((x) => ({ name: `${name}-${x}`, curve: { name, axis, x }, ...make(x) }));

const count = (n) => n.toLocaleString('en');

/** Runtimes that a process may have beside others: the rest of the functions is deployed and cold. */
const MOST_RUNTIMES = 2000;

async function withFunctions(tools, functions, tenants) {
  const { ServerlessRuntime } = tools.isolet();
  const serverless = new ServerlessRuntime({ log() {} }, { pool: { maxRuntimes: MOST_RUNTIMES, idleTtl: 600_000 } });
  const all = Array.from({ length: functions }, (_, i) => ({ tenantId: `tenant-${i % tenants}`, name: `f${i}` }));
  for (const one of all) await serverless.deploy({ ...one, code: CODE });
  const invoke = ({ tenantId, name }) => serverless.invoke(tenantId, name, { n: 1 });
  const warm = all.slice(0, MOST_RUNTIMES);
  for (const one of warm) await invoke(one);
  return { serverless, warm, invoke };
}

const tenantsOf = (functions) => Math.ceil(functions / 10);

const functions = curve('scale-functions', 'functions deployed', [1, 10, 100, 1000, 5000], (x) => ({
  title: `warm invocation, one of ${count(x)} functions after the other`,
  variants: {
    async isolet(tools) {
      const { serverless, warm, invoke } = await withFunctions(tools, tools.size(x, Math.min(x, 10)), tenantsOf(x));
      let next = 0;
      const body = () => invoke(warm[next++ % warm.length]);
      return { sample: () => tools.timeEachAsync(body), close: () => serverless.cleanup({ drain: false }) };
    },
  },
}));

const memory = curve('scale-memory', 'functions with a runtime', [1, 10, 100, 1000, 2000], (x) => ({
  title: `resident memory of each of ${count(x)} functions that were invoked`,
  unit: 'MB',
  fresh: true,
  warmUps: 0,
  variants: {
    async isolet(tools) {
      const resident = async () => {
        tools.gc();
        await tools.sleep(100);
        return process.memoryUsage.rss() / 1e6;
      };
      const sample = async () => {
        const first = await withFunctions(tools, 1, 1);
        await first.serverless.cleanup();
        const before = await resident();
        const size = tools.size(x, Math.min(x, 10));
        const kept = await withFunctions(tools, size, tenantsOf(size));
        const each = ((await resident()) - before) / size;
        await kept.serverless.cleanup({ drain: false });
        return [each];
      };
      return { sample };
    },
  },
}));

const EACH = 8;

const tenants = curve('scale-tenants', 'tenants at once', [1, 2, 4, 8, 16, 32, 64], (x) => ({
  title: `time per invocation, ${x} tenants with ${EACH} each at once`,
  variants: {
    async isolet(tools) {
      const { serverless, warm, invoke } = await withFunctions(tools, x, x);
      const body = () => Promise.all(warm.flatMap((one) => Array.from({ length: EACH }, () => invoke(one))));
      return {
        sample: () => tools.timeEachAsync(body, { calls: x * EACH }),
        close: () => serverless.cleanup({ drain: false }),
      };
    },
    async 'isolated-vm'(tools) {
      const all = Array.from({ length: x }, () => isolatedVm(tools));
      const calls = all.map((guest) => guest.fn(CODE)).map((fn) => () => fn.apply(undefined, [{ n: 1 }], COPY));
      const body = () => Promise.all(calls.flatMap((call) => Array.from({ length: EACH }, () => call())));
      return {
        sample: () => tools.timeEachAsync(body, { calls: x * EACH }),
        close: () => all.forEach((guest) => guest.close()),
      };
    },
  },
}));

const GUESTS = 16;
// Math.imul: what V8 makes of a product that overflows depends on when it is optimized, and takes one time or five.
const busy = (turns) =>
  `() => { let x = 1; for (let i = 0; i < ${turns}; i += 1) x = (Math.imul(x, 31) + i) | 0; return x; }`;

/** The engine has a thread for each processor it may use, so each point is a process that may use so many. */
const threads = curve('scale-threads', 'engine threads', [1, 2, 3, 4].slice(0, availableParallelism()), (x) => ({
  title: `time per call, ${GUESTS} guests that compute on ${x} engine ${x === 1 ? 'thread' : 'threads'}`,
  processors: x,
  variants: {
    async isolet(tools) {
      const all = Array.from({ length: GUESTS }, () => isoletGuest(tools));
      const calls = all.map((guest) => guest.fn(busy(tools.size(300_000, 30_000))));
      const body = () => Promise.all(calls.map((fn) => fn.callAsync([])));
      await body();
      return {
        sample: () => tools.timeEachAsync(body, { calls: GUESTS }),
        close: () => all.forEach((guest) => guest.close()),
      };
    },
    async 'isolated-vm'(tools) {
      const all = Array.from({ length: GUESTS }, () => isolatedVm(tools));
      const calls = all.map((guest) => guest.fn(busy(tools.size(300_000, 30_000))));
      const body = () => Promise.all(calls.map((fn) => fn.apply(undefined, [])));
      await body();
      return {
        sample: () => tools.timeEachAsync(body, { calls: GUESTS }),
        close: () => all.forEach((guest) => guest.close()),
      };
    },
  },
}));

const payload = curve('scale-payload', 'bytes each way', [1, 1e3, 1e5, 1e6, 1e7], (x) => ({
  title: `asynchronous call with a Uint8Array of ${count(x)} bytes in and out`,
  variants: {
    async isolet(tools) {
      const guest = isoletGuest(tools, { maxTransferBytes: 2 * x + 1e6, maxHeapSize: 256 * 2 ** 20 });
      const fn = guest.fn(ECHO);
      const value = new Uint8Array(x);
      return { sample: () => tools.timeEachAsync(() => fn.callAsync([value])), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools, 256);
      const fn = guest.fn(ECHO);
      const value = new Uint8Array(x);
      const body = () => fn.apply(undefined, [value], COPY);
      return { sample: () => tools.timeEachAsync(body), close: guest.close };
    },
    async structuredClone(tools) {
      const value = new Uint8Array(x);
      return { sample: () => tools.timeBatches(() => structuredClone(structuredClone(value))) };
    },
  },
}));

export default [...functions, ...memory, ...tenants, ...threads, ...payload];
