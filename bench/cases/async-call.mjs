// Calls that run off the event loop: one at a time, and many in flight.
import { isolatedVm, isoletGuest, workerGuest } from './subjects.mjs';

const FN = '(n) => n + 1';
const SPREAD = 16;

const hop = (kind) => async (tools) => {
  const floor = tools.floor();
  return { sample: () => floor.hop(kind, tools.size(2000, 100)) };
};

/** `inFlight` calls at once on `guests` guests; a sample is the time per call. */
const asyncCall = (inFlight, guests) => ({
  name: `async-${inFlight}${guests > 1 ? '-spread' : ''}`,
  title: `async call, ${inFlight} in flight on ${guests === 1 ? 'one runtime' : `${guests} runtimes`}`,
  variants: {
    ...(inFlight === 1 && {
      'floor eventfd hop': hop('eventfd'),
      'floor condition hop': hop('condition'),
      'floor spin hop': hop('spin'),
    }),
    async isolet(tools) {
      const all = Array.from({ length: guests }, () => isoletGuest(tools));
      const calls = all.map((guest) => guest.fn(FN)).map((fn) => () => fn.callAsync([1]));
      return { sample: burst(tools, calls, inFlight), close: () => all.forEach((guest) => guest.close()) };
    },
    async 'isolated-vm'(tools) {
      const all = Array.from({ length: guests }, () => isolatedVm(tools));
      const calls = all.map((guest) => guest.fn(FN)).map((fn) => () => fn.apply(undefined, [1]));
      return { sample: burst(tools, calls, inFlight), close: () => all.forEach((guest) => guest.close()) };
    },
    async worker_threads(tools) {
      const all = await Promise.all(Array.from({ length: guests }, () => workerGuest(FN)));
      const calls = all.map((guest) => () => guest.call([1]));
      return { sample: burst(tools, calls, inFlight), close: () => Promise.all(all.map((guest) => guest.close())) };
    },
  },
});

function burst(tools, calls, inFlight) {
  const body = () => {
    if (inFlight === 1) return calls[0]();
    const pending = [];
    for (let i = 0; i < inFlight; i += 1) pending.push(calls[i % calls.length]());
    return Promise.all(pending);
  };
  return () => tools.timeEachAsync(body, { calls: inFlight });
}

export default [
  asyncCall(1, 1),
  asyncCall(8, 1),
  asyncCall(64, 1),
  asyncCall(512, 1),
  asyncCall(64, SPREAD),
  asyncCall(512, SPREAD),
];
