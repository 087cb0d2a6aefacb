// Runtimes in processes of their own beside runtimes in this one: what the wall costs.
import { readFileSync } from 'node:fs';
import { COPY, isolatedVm, isoletGuest } from './subjects.mjs';

const ECHO = '(value) => value';

async function cellGuest(tools) {
  const { createCell } = tools.isolet();
  const cell = await createCell();
  const runtime = await cell.createRuntime();
  return { cell, runtime, fn: (source) => runtime.eval(`(${source})`), close: () => cell.close() };
}

/** Functions of a guest that is asked asynchronously, by library. */
const guests = {
  async isolet(tools) {
    const guest = isoletGuest(tools);
    return { call: calledBy(guest.fn), close: guest.close };
  },
  async 'isolet cell'(tools) {
    const guest = await cellGuest(tools);
    return { call: calledBy(guest.fn), close: guest.close };
  },
  async 'isolated-vm'(tools) {
    const guest = isolatedVm(tools);
    const call = (source) => {
      const fn = guest.fn(source);
      return (value) => fn.apply(undefined, [value], COPY);
    };
    return { call, close: guest.close };
  },
};

const calledBy = (fnOf) => (source) => {
  const fn = fnOf(source);
  return (value) => fn.callAsync([value]);
};

function burst(tools, call, value, inFlight) {
  const body = () => {
    if (inFlight === 1) return call(value);
    const pending = [];
    for (let i = 0; i < inFlight; i += 1) pending.push(call(value));
    return Promise.all(pending);
  };
  return () => tools.timeEachAsync(body, { calls: inFlight });
}

const echo = (name, inFlight, what, value) => ({
  name: `cell-${name}`,
  title: `async call that answers its argument, ${what}, ${inFlight} in flight`,
  variants: Object.fromEntries(
    Object.entries(guests).map(([library, open]) => [
      library,
      async (tools) => {
        const guest = await open(tools);
        return { sample: burst(tools, guest.call(ECHO), value(), inFlight), close: guest.close };
      },
    ]),
  ),
});

const bytes = (count) => () => new Uint8Array(count).fill(7);

const withHost = (open) => async (tools) => {
  const guest = await open(tools);
  guest.runtime.bindFunction('host', async (n) => n + 1);
  const fn = guest.fn('async (n) => await host(n)');
  return { sample: () => tools.timeEachAsync(() => fn.callAsync([1])), close: guest.close };
};

const hostCall = {
  name: 'cell-host-call',
  title: 'async call that awaits one async host function',
  variants: {
    isolet: withHost(async (tools) => isoletGuest(tools)),
    'isolet cell': withHost(cellGuest),
    async 'isolated-vm'(tools) {
      const { ivm, context, fn, close } = isolatedVm(tools);
      context.evalClosureSync('globalThis.host = (n) => $0.apply(undefined, [n], { result: { promise: true } });', [
        new ivm.Reference(async (n) => n + 1),
      ]);
      const ask = fn('async (n) => await host(n)');
      const options = { result: { promise: true } };
      return { sample: () => tools.timeEachAsync(() => ask.apply(undefined, [1], options)), close };
    },
  },
};

/** A pool, and the first invocation of tenants that nobody has seen. @param ready resolves when the next may come */
async function poolOf(tools, options, ready) {
  const { RuntimePool } = tools.isolet();
  const pool = new RuntimePool({}, { maxRuntimes: 1000, ...options });
  let last = 0;
  const invoke = () => {
    last += 1;
    return pool.invoke({ tenantId: `t${last}`, name: 'f', code: 'export default (n) => n + 1' }, last);
  };
  await ready(pool);
  return {
    sample: () => tools.timeEachAsync(invoke, { max: tools.size(12, 2), after: () => ready(pool) }),
    close: () => pool.close(),
  };
}

const firstFromSpare = {
  name: 'cell-first',
  title: 'first invocation of a new tenant',
  unit: 'µs',
  pooled: true,
  variants: {
    isolet: (tools) => poolOf(tools, {}, () => tools.sleep(300)),
    // A start takes a processor for a tenth of a second: the spare is there and the processor free.
    'isolet cell': (tools) => poolOf(tools, { isolation: { spareCells: 1, maxCells: 500 } }, () => tools.sleep(600)),
    'isolet cell, no spare': (tools) =>
      poolOf(tools, { isolation: { spareCells: 0, maxCells: 500 } }, () => tools.sleep(50)),
  },
};

/** Bytes that nobody else has too: of that nothing is shared with the host or other cells. */
function privateBytes(pid) {
  try {
    const dirty = /^Private_Dirty:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(dirty?.[1]) * 1024;
  } catch {
    // Only who may look into every process sees that.
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  }
}

const memory = {
  name: 'cell-memory',
  title: 'private memory of an idle cell with one runtime',
  unit: 'MB',
  fresh: true,
  warmUps: 0,
  variants: {
    async 'isolet cell'(tools) {
      const guest = await cellGuest(tools);
      await guest.runtime.evalAsync('1 + 1');
      await tools.sleep(tools.size(500, 20));
      return { sample: () => [privateBytes(guest.cell.pid) / 1e6], close: guest.close };
    },
  },
};

export default [
  echo('async-1', 1, '100 bytes', bytes(100)),
  echo('async-64', 64, '100 bytes', bytes(100)),
  echo('async-64-object', 64, 'an object of 3 fields', () => ({ id: 7, name: 'a name', open: true })),
  echo('async-64-1kb', 64, '1 kB', bytes(1000)),
  echo('async-8-1mb', 8, '1 MB', bytes(1e6)),
  hostCall,
  firstFromSpare,
  memory,
];
