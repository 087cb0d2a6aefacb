// Processor time of runtimes that do nothing.
import { isolatedVm } from './subjects.mjs';

const idle = (open) => async (tools) => {
  const count = tools.size(100, 20);
  const kept = open && Array.from({ length: count }, () => open(tools));
  await tools.sleep(tools.size(1000, 50));
  return {
    kept,
    async sample() {
      const before = process.cpuUsage();
      const start = performance.now();
      await tools.sleep(tools.size(5000, 250));
      const { user, system } = process.cpuUsage(before);
      return [(user + system) / ((performance.now() - start) * 10)];
    },
  };
};

export default [
  {
    name: 'idle-cpu',
    title: 'processor time of 100 idle runtimes',
    unit: '% of a core',
    together: true,
    warmUps: 0,
    variants: {
      'no runtime': idle(),
      floor: idle((tools) => tools.floor().open('() => 1')),
      isolet: idle((tools) => {
        const { Runtime } = tools.isolet();
        const runtime = new Runtime({ timeout: 1000 });
        runtime.eval('1');
        return runtime;
      }),
      'isolated-vm': idle((tools) => isolatedVm(tools)),
    },
  },
];
