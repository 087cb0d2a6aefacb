// How long after its limit a guest is stopped, with 100 runtimes open.
import { isolatedVm } from './subjects.mjs';

const LOOP = 'for (;;) {}';

/**
 * A round of loops, each in the next of the runtimes: `once(one)` must end by the limit. Samples are the overshoot in
 * milliseconds.
 */
function overshoots(tools, all, once) {
  let next = 0;
  return async () => {
    const samples = [];
    for (let i = 0; i < tools.size(60, 3); i += 1) {
      const one = all[next++ % all.length];
      const before = performance.now();
      let ended = false;
      try {
        await once(one);
      } catch {
        ended = true;
      }
      if (!ended) throw new Error('the loop was not stopped');
      samples.push(performance.now() - before - limitOf(tools));
    }
    return samples;
  };
}

const openMany = (tools, make) => Array.from({ length: tools.size(100, 10) }, make);
const limitOf = (tools) => tools.size(100, 20);

export default [
  {
    name: 'timeout-overshoot',
    title: 'time past a 100 ms limit, 100 runtimes open',
    unit: 'ms',
    pooled: true,
    variants: {
      async isolet(tools) {
        const { Runtime } = tools.isolet();
        const all = openMany(tools, () => new Runtime({ timeout: limitOf(tools) }));
        return {
          sample: overshoots(tools, all, (runtime) => runtime.evalAsync(LOOP)),
          close: () => all.forEach((runtime) => runtime.close()),
        };
      },
      async 'isolet sync'(tools) {
        const { Runtime } = tools.isolet();
        const all = openMany(tools, () => new Runtime({ timeout: limitOf(tools) }));
        return {
          sample: overshoots(tools, all, (runtime) => runtime.eval(LOOP)),
          close: () => all.forEach((runtime) => runtime.close()),
        };
      },
      async 'isolated-vm'(tools) {
        const all = openMany(tools, () => isolatedVm(tools));
        const options = { timeout: limitOf(tools) };
        return {
          sample: overshoots(tools, all, (guest) => guest.context.eval(LOOP, options)),
          close: () => all.forEach((guest) => guest.close()),
        };
      },
      async 'node:vm'(tools) {
        const vm = await import('node:vm');
        const all = openMany(tools, () => vm.createContext({}));
        const options = { timeout: limitOf(tools) };
        return {
          sample: overshoots(tools, all, (context) => vm.runInContext(LOOP, context, options)),
        };
      },
    },
  },
];
