// How long after its limit a guest is stopped, with 100 runtimes open.
import { isolatedVm } from './subjects.mjs';

const LOOP = 'for (;;) {}';

/** Runs `once(i)` until the budget is spent; each must end by the limit. Samples are the overshoot in milliseconds. */
async function overshoot(tools, limit, once) {
  const samples = [];
  for (let i = 0; i < tools.size(10, 3); i += 1) {
    const before = performance.now();
    let ended = false;
    try {
      await once(i);
    } catch {
      ended = true;
    }
    if (!ended) throw new Error('the loop was not stopped');
    samples.push(performance.now() - before - limit);
  }
  return samples;
}

const openMany = (tools, make) => Array.from({ length: tools.size(100, 10) }, make);
const limitOf = (tools) => tools.size(100, 20);

export default [
  {
    name: 'timeout-overshoot',
    title: 'time past a 100 ms limit, 100 runtimes open',
    unit: 'ms',
    variants: {
      async isolet(tools) {
        const { Runtime } = tools.isolet();
        const all = openMany(tools, () => new Runtime({ timeout: limitOf(tools) }));
        return {
          sample: () => overshoot(tools, limitOf(tools), (i) => all[i % all.length].evalAsync(LOOP)),
          close: () => all.forEach((runtime) => runtime.close()),
        };
      },
      async 'isolet sync'(tools) {
        const { Runtime } = tools.isolet();
        const all = openMany(tools, () => new Runtime({ timeout: limitOf(tools) }));
        return {
          sample: () => overshoot(tools, limitOf(tools), (i) => all[i % all.length].eval(LOOP)),
          close: () => all.forEach((runtime) => runtime.close()),
        };
      },
      async 'isolated-vm'(tools) {
        const all = openMany(tools, () => isolatedVm(tools));
        const options = { timeout: limitOf(tools) };
        return {
          sample: () => overshoot(tools, limitOf(tools), (i) => all[i % all.length].context.eval(LOOP, options)),
          close: () => all.forEach((guest) => guest.close()),
        };
      },
      async 'node:vm'(tools) {
        const vm = await import('node:vm');
        const all = openMany(tools, () => vm.createContext({}));
        const options = { timeout: limitOf(tools) };
        return {
          sample: () => overshoot(tools, limitOf(tools), (i) => vm.runInContext(LOOP, all[i % all.length], options)),
        };
      },
    },
  },
];
