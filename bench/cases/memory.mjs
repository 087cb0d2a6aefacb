// Resident memory of idle runtimes, and what is left of it after they were closed. A process does not give memory back
// reliably, so each round has a process of its own.
import { isolatedVm } from './subjects.mjs';

const makers = {
  floor: (tools) => {
    const floor = tools.floor();
    const id = floor.open('() => 1');
    return { close: () => floor.close(id) };
  },
  isolet: (tools) => {
    const { Runtime } = tools.isolet();
    const runtime = new Runtime();
    runtime.eval('() => 1');
    return { close: () => runtime.closeAsync() };
  },
  'isolated-vm': (tools) => {
    const guest = isolatedVm(tools);
    guest.fn('() => 1');
    return guest;
  },
};

async function resident(tools) {
  tools.gc();
  await tools.sleep(50);
  return process.memoryUsage.rss();
}

async function opened(tools, make, count) {
  for (let i = 0; i < 3; i += 1) await make(tools).close();
  await tools.sleep(50);
  const before = await resident(tools);
  const all = Array.from({ length: count }, () => make(tools));
  return { all, before, during: await resident(tools) };
}

const variants = (measure) =>
  Object.fromEntries(
    Object.entries(makers).map(([name, make]) => [
      name,
      async (tools) => ({ sample: async () => [(await measure(tools, make)) / 1e6] }),
    ]),
  );

const perRuntime = (count, name, title) => ({
  name,
  title,
  unit: 'MB',
  fresh: true,
  warmUps: 0,
  variants: variants(async (tools, make) => {
    const size = tools.size(count, Math.min(count, 20));
    const { before, during } = await opened(tools, make, size);
    return (during - before) / size;
  }),
});

export default [
  perRuntime(1, 'rss-1', 'resident memory of one idle runtime'),
  perRuntime(100, 'rss-100', 'resident memory per idle runtime, 100 open'),
  perRuntime(1000, 'rss-1000', 'resident memory per idle runtime, 1,000 open'),
  {
    name: 'rss-after-close',
    title: 'resident memory left of 200 closed runtimes, all together',
    unit: 'MB',
    fresh: true,
    warmUps: 0,
    variants: variants(async (tools, make) => {
      const { all, before } = await opened(tools, make, tools.size(200, 20));
      await Promise.all(all.map((one) => one.close()));
      await tools.sleep(200);
      return (await resident(tools)) - before;
    }),
  },
];
