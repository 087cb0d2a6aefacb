// A program of its own: puts properties on Object.prototype, a few at a time, and does the same things each time.
// Prints what came out differently, as JSON.
import * as isolet from 'isolet';

const {
  Runtime,
  RuntimePool,
  ServerlessRuntime,
  SnapshotBuilder,
  runSandboxed,
  setProcessLimits,
  getProcessLimits,
  runWithDefaultRuntime,
} = isolet;

const made = [];
const make = (...options) => {
  const runtime = new Runtime(...options);
  made.push(runtime);
  return runtime;
};

/** What `run` answers, or what it fails with, as text. */
async function outcome(run) {
  try {
    return show(await run());
  } catch (error) {
    return `${error?.constructor?.name}: ${error?.code} ${error?.message}`;
  } finally {
    for (const runtime of made.splice(0)) runtime.close();
  }
}

const show = (value) => {
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.keys(value)
    .map((key) => `${key}: ${show(value[key])}`)
    .join(', ')}}`;
};

const spec = { tenantId: 't', name: 'f', code: '(event, context) => [event, context.tenantId, typeof kv.get]' };
const platform = { kv: { get: () => 1, put: { handler: (_caller, key) => key } } };

/** Everything that takes options, with options that say nothing. */
const scenarios = {
  runtime: () => make({}).eval('1 + 1', {}),
  'runtime without options': () => make().eval('1 + 1'),
  created: async () => {
    const runtime = await Runtime.create({});
    made.push(runtime);
    return runtime.evalAsync('1 + 1', {});
  },
  nested: () => make({ codeGeneration: {}, bootstrap: { code: 'globalThis.n = 3' } }).eval('eval("n")'),
  'a call of a function': () => make().eval('(a) => a')(5),
  'an asynchronous call': () => make().eval('(a) => a').callAsync([5], {}),
  'a host function': () => {
    const runtime = make();
    runtime.bindFunction('f', (value) => ({ value }), {});
    return runtime.eval('f(1).value');
  },
  'an object of host functions': () => {
    const runtime = make();
    runtime.bindObject('o', { f: () => [1] });
    return runtime.eval('o.f()[0]');
  },
  'a host function that throws': () => {
    const runtime = make();
    runtime.bindFunction('f', () => {
      throw new RangeError('mine');
    });
    return runtime.eval('try { f() } catch (e) { e.name + e.message }');
  },
  'a guest that throws': () => make().eval('throw new TypeError("boom")'),
  'a module': () => {
    const runtime = make();
    runtime.addModule('m', { source: 'export const a = 1' });
    return runtime.evalModule('m', {});
  },
  'a module of a loader': async () => {
    const runtime = make();
    runtime.setModuleLoader((url) => ({ source: `export const url = '${url}'` }));
    return runtime.evalModuleAsync('app:x', {});
  },
  'a sandbox': () => runSandboxed('1 + 1', {}),
  'a sandbox that fails': () => runSandboxed('null.x', {}),
  'a snapshot': () => {
    const snapshot = new SnapshotBuilder({}).executeScript('a.js', 'globalThis.n = 7').build();
    return make({ snapshot }).eval('n');
  },
  limits: () => {
    setProcessLimits({});
    return getProcessLimits().maxIsolates;
  },
  'a default runtime': () => runWithDefaultRuntime(() => isolet.eval('2 + 2', {}), {}),
  'a runtime that is closed': () => make().closeAsync({}),
  'a wrong option': () => make({ timeOut: 5 }),
  'a pool': async () => {
    const pool = new RuntimePool(platform, { stock: 0 });
    const answer = await pool.invoke(spec, 1, {});
    await pool.close({});
    return answer;
  },
  'a platform': async () => {
    const serverless = new ServerlessRuntime(platform, { tiers: { a: {} }, defaultTier: 'a', validation: {} });
    const { limits } = await serverless.deploy({ ...spec });
    const answer = await serverless.invoke('t', 'f', 1, {});
    await serverless.cleanup({});
    return [Object.values(limits), answer];
  },
};

const run = async () => {
  const outcomes = {};
  for (const [name, scenario] of Object.entries(scenarios)) outcomes[name] = await outcome(scenario);
  return outcomes;
};

const names = process.argv.slice(2);
const expected = await run();
const different = [];
while (names.length > 0) {
  const some = names.splice(0, 8);
  // A function where code asks "is it callable", and no valid value of any option.
  const property = { value: () => 'polluted', enumerable: true, configurable: true, writable: true };
  for (const name of some) Object.defineProperty(Object.prototype, name, { __proto__: null, ...property });
  const outcomes = await run();
  for (const name of some) delete Object.prototype[name];
  for (const [scenario, text] of Object.entries(outcomes)) {
    if (text !== expected[scenario]) different.push(`${some}: ${scenario}: ${text} instead of ${expected[scenario]}`);
  }
}
process.stdout.write(JSON.stringify({ expected, different }));
process.exit(0);
