// What the web's APIs cost a guest that has them and does not use them. Without a snapshot of their own such guests start
// from one that the process makes once, or find the APIs made ahead.

const options = { isolet: {}, 'isolet web': { web: true } };

/** As in a service that has run for a while. */
async function settled(tools, given) {
  const { Runtime } = tools.isolet();
  for (let i = 0; i < 8; i += 1) {
    new Runtime(given).close();
    await tools.sleep(20);
  }
  return Runtime;
}

const variants = (make) => Object.fromEntries(Object.entries(options).map(([name, given]) => [name, make(given)]));

const start = variants((given) => async (tools) => {
  const Runtime = await settled(tools, given);
  const one = () => {
    const runtime = new Runtime(given);
    runtime.eval('1 + 1');
    return runtime;
  };
  const after = async (runtime) => {
    runtime.close();
    await tools.sleep(10);
  };
  return { sample: () => tools.timeEach(one, { after }) };
});

const resident = variants((given) => async (tools) => {
  const Runtime = await settled(tools, given);
  const measure = async () => {
    tools.gc();
    await tools.sleep(50);
    return process.memoryUsage.rss();
  };
  const sample = async () => {
    const count = tools.size(200, 20);
    const before = await measure();
    const kept = Array.from({ length: count }, () => new Runtime(given));
    for (const runtime of kept) runtime.eval('() => 1');
    return [((await measure()) - before) / count / 1e6];
  };
  return { sample };
});

export default [
  {
    name: 'web-start',
    title: 'new isolate to first result with the web, 10 ms after the last one was closed',
    variants: start,
  },
  {
    name: 'web-rss',
    title: 'resident memory per idle runtime with the web, 200 open',
    unit: 'MB',
    fresh: true,
    warmUps: 0,
    variants: resident,
  },
];
