// Four guests that compute, against one: with two cores the best is twice the time of one.
import { isolatedVm, isoletGuest, workerGuest } from './subjects.mjs';

const work = (turns) => `() => { let x = 1; for (let i = 0; i < ${turns}; i += 1) x = (x * 31 + i) | 0; return x; }`;
const turnsOf = (tools) => tools.size(30_000_000, 3_000_000);
const GUESTS = 4;

/** A sample of four guests whose code V8 has optimised: the first one's is after its turn alone, the others' only then. */
async function optimised(calls) {
  for (const call of calls) await call();
  return () => compare(calls);
}

async function compare(calls) {
  const elapsed = async (some) => {
    const before = performance.now();
    await Promise.all(some.map((call) => call()));
    return performance.now() - before;
  };
  const one = await elapsed(calls.slice(0, 1));
  return [(await elapsed(calls)) / one];
}

export default [
  {
    name: 'parallel',
    title: 'time of four computing guests as a multiple of the time of one',
    unit: '×',
    variants: {
      async isolet(tools) {
        const all = Array.from({ length: GUESTS }, () => isoletGuest(tools));
        const calls = all.map((guest) => guest.fn(work(turnsOf(tools)))).map((fn) => () => fn.callAsync([]));
        return { sample: await optimised(calls), close: () => all.forEach((guest) => guest.close()) };
      },
      async 'isolated-vm'(tools) {
        const all = Array.from({ length: GUESTS }, () => isolatedVm(tools));
        const calls = all.map((guest) => guest.fn(work(turnsOf(tools)))).map((fn) => () => fn.apply(undefined, []));
        return { sample: await optimised(calls), close: () => all.forEach((guest) => guest.close()) };
      },
      async worker_threads(tools) {
        const source = work(turnsOf(tools));
        const all = await Promise.all(Array.from({ length: GUESTS }, () => workerGuest(source)));
        const calls = all.map((guest) => () => guest.call([]));
        return { sample: await optimised(calls), close: () => Promise.all(all.map((guest) => guest.close())) };
      },
    },
  },
];
