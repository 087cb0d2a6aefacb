// eval of a tiny script in a warm runtime.
import { IN_PLACE, isolatedVm, isoletGuest, quickJs, vmContext } from './subjects.mjs';

const evalOne = (name, title, limit) => ({
  name,
  title,
  variants: {
    ...(limit === undefined && {
      async floor(tools) {
        const floor = tools.floor();
        const id = floor.open('() => 1');
        return { sample: () => tools.timeBatches(() => floor.evalOnce(id)) };
      },
    }),
    async isolet(tools) {
      const { runtime, close } = isoletGuest(tools);
      const options = limit && { timeout: limit };
      return { sample: () => tools.timeBatches(() => runtime.eval('1', options)), close };
    },
    async 'isolet in place'(tools) {
      const { runtime, close } = isoletGuest(tools, IN_PLACE);
      const options = limit && { timeout: limit };
      return { sample: () => tools.timeBatches(() => runtime.eval('1', options)), close };
    },
    async 'isolated-vm'(tools) {
      const { context, close } = isolatedVm(tools);
      const options = limit && { timeout: limit };
      return { sample: () => tools.timeBatches(() => context.evalSync('1', options)), close };
    },
    async 'node:vm'(tools) {
      const { vm, context } = await vmContext();
      const options = limit && { timeout: limit };
      return { sample: () => tools.timeBatches(() => vm.runInContext('1', context, options)) };
    },
    async 'quickjs-emscripten'(tools) {
      const guest = await quickJs(tools);
      if (limit) guest.context.runtime.setInterruptHandler(() => false);
      return { sample: () => tools.timeBatches(() => guest.eval('1').dispose()), close: guest.close };
    },
  },
});

export default [evalOne('eval', "eval('1')"), evalOne('eval-timeout', "eval('1') with a timeout of one second", 1000)];
