import { inspect } from 'node:util';
import {
  getProcessStats,
  IsoletError,
  type JsFunction,
  Runtime,
  RuntimePool,
  runSandboxed,
  runWithDefaultRuntime,
  ServerlessRuntime,
  Snapshot,
  SnapshotBuilder,
} from 'isolet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let runtime: Runtime;
let fn: JsFunction;
let pool: RuntimePool;
let serverless: ServerlessRuntime;
const spec = { tenantId: 't', name: 'f', code: '(event) => event' };

beforeAll(async () => {
  runtime = new Runtime({ timeout: 1000, streams: true });
  fn = runtime.eval('() => 1');
  pool = new RuntimePool({});
  serverless = new ServerlessRuntime({});
  await serverless.deploy(spec);
});
afterAll(async () => {
  await Promise.all([runtime.closeAsync(), pool.close(), serverless.cleanup()]);
  for (let i = 0; i < 100 && getProcessStats().liveIsolates > 0; i++) await new Promise((r) => setTimeout(r, 20));
  expect(getProcessStats().liveIsolates).toBe(0);
});

const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('read');
    },
  },
);
/** None of these is an options object, a name, a source, a function or a specification. */
const nonsense: unknown[] = [null, 5, Number.NaN, 7n, true, Symbol('s'), [], '\0'];
const badOptions: unknown[] = [null, 5, 'x', true, [], { unknownOption: 1 }, { timeout: -1 }, { timeout: 'x' }];

/** Every public method, with one argument in turn being nonsense. */
const calls: [string, unknown[], (bad: never) => unknown][] = [
  ['new Runtime', badOptions, (bad) => new Runtime(bad)],
  ['Runtime.create', badOptions, (bad) => Runtime.create(bad)],
  ['eval code', nonsense.slice(0, 7), (bad) => runtime.eval(bad)],
  ['eval options', badOptions, (bad) => runtime.eval('1', bad)],
  ['evalAsync code', nonsense.slice(0, 7), (bad) => runtime.evalAsync(bad)],
  ['evalAsync options', badOptions, (bad) => runtime.evalAsync('1', bad)],
  ['bindFunction name', nonsense.slice(0, 7), (bad) => runtime.bindFunction(bad, () => 1)],
  ['bindFunction fn', nonsense, (bad) => runtime.bindFunction('f', bad)],
  ['bindFunction options', [...badOptions, { mode: 'x' }], (bad) => runtime.bindFunction('f', () => 1, bad)],
  ['bindObject name', nonsense.slice(0, 7), (bad) => runtime.bindObject(bad, {})],
  ['bindObject object', [null, 5, 'x', Symbol('s')], (bad) => runtime.bindObject('o', bad)],
  ['unbind', nonsense.slice(0, 7), (bad) => runtime.unbind(bad)],
  ['createStream', [null, 5, {}, []], (bad) => runtime.createStream(bad)],
  ['addModule name', nonsense.slice(0, 7), (bad) => runtime.addModule(bad, '')],
  ['addModule source', [null, 5, true, [], {}, { source: 5 }], (bad) => runtime.addModule('m', bad)],
  ['setModuleResolver', nonsense.slice(1), (bad) => runtime.setModuleResolver(bad)],
  ['setModuleLoader', nonsense.slice(1), (bad) => runtime.setModuleLoader(bad)],
  ['evalModule', nonsense.slice(0, 7), (bad) => runtime.evalModule(bad)],
  ['evalModule options', badOptions, (bad) => runtime.evalModule('m', bad)],
  ['evalModuleAsync', nonsense.slice(0, 7), (bad) => runtime.evalModuleAsync(bad)],
  ['terminate', nonsense.slice(0, 7), (bad) => runtime.terminate(bad)],
  ['closeAsync', [...badOptions, { drain: 5 }], (bad) => runtime.closeAsync(bad)],
  ['callAsync args', [null, 5, 'x', {}], (bad) => fn.callAsync(bad)],
  ['callAsync options', badOptions, (bad) => fn.callAsync([], bad)],
  ['callAsync signal', [{ signal: 5 }, { signal: {} }], (bad) => fn.callAsync([], bad)],
  ['new SnapshotBuilder', badOptions, (bad) => new SnapshotBuilder(bad)],
  [
    'new SnapshotBuilder cache',
    [...badOptions, {}, { folder: 'x', key: 5 }],
    (cache) => new SnapshotBuilder({ cache }),
  ],
  ['executeScript', nonsense.slice(0, 7), (bad) => new SnapshotBuilder().executeScript(bad, '')],
  ['executeScript source', nonsense.slice(0, 7), (bad) => new SnapshotBuilder().executeScript('a', bad)],
  ['warmup', nonsense.slice(0, 7), (bad) => new SnapshotBuilder().warmup(bad)],
  ['Snapshot.from', [null, 5, 'x', {}, [], new Uint8Array(0)], (bad) => Snapshot.from(bad)],
  ['runSandboxed code', nonsense.slice(0, 7), (bad) => runSandboxed(bad)],
  ['runSandboxed options', [...badOptions, { globals: 5 }], (bad) => runSandboxed('1', bad)],
  ['runWithDefaultRuntime task', nonsense, (bad) => runWithDefaultRuntime(bad)],
  ['runWithDefaultRuntime options', badOptions, (bad) => runWithDefaultRuntime(() => 1, bad)],
  ['new RuntimePool api', [null, 5, 'x', { a: 5 }, { a: { handler: 5 } }], (bad) => new RuntimePool(bad)],
  [
    'new RuntimePool options',
    [5, 'x', { unknownOption: 1 }, { idleTtl: 'x' }, null],
    (bad) => new RuntimePool({}, bad),
  ],
  ['pool.invoke spec', [...nonsense, {}, { ...spec, code: 5 }], (bad) => pool.invoke(bad, 1)],
  ['pool.invoke options', badOptions, (bad) => pool.invoke(spec, 1, bad)],
  ['pool.prewarm', [...nonsense, {}], (bad) => pool.prewarm(bad)],
  ['pool.prewarm count', ['x', -1, Number.NaN, null], (bad) => pool.prewarm(spec, bad)],
  ['pool.evict', nonsense.slice(0, 7), (bad) => pool.evict(bad)],
  ['pool.drain', nonsense.slice(0, 7), (bad) => pool.drain(bad)],
  ['pool.drain limit', ['x', -1, Number.NaN, null], (bad) => pool.drain('k', bad)],
  ['pool.close', badOptions, (bad) => pool.close(bad)],
  ['new ServerlessRuntime', [null, 5, { a: 5 }], (bad) => new ServerlessRuntime(bad)],
  [
    'new ServerlessRuntime options',
    [5, 'x', { unknownOption: 1 }, { drainTimeout: 'x' }, null],
    (bad) => new ServerlessRuntime({}, bad),
  ],
  ['deploy', [...nonsense, {}, hostileSpec()], (bad) => serverless.deploy(bad)],
  ['invoke tenant', nonsense, (bad) => serverless.invoke(bad, 'f')],
  ['invoke name', nonsense, (bad) => serverless.invoke('t', bad)],
  ['invoke options', [...badOptions, { version: 5 }, { alias: 5 }], (bad) => serverless.invoke('t', 'f', 1, bad)],
  ['rollback', nonsense, (bad) => serverless.rollback('t', bad)],
  ['rollback version', [5, null, 'x'], (bad) => serverless.rollback('t', 'f', bad)],
  ['versions', nonsense, (bad) => serverless.versions('t', bad)],
  ['setAlias', nonsense.slice(0, 7), (bad) => serverless.setAlias('t', 'f', 'a', bad)],
  [
    'setAlias alias',
    nonsense.slice(0, 7),
    (bad) => serverless.setAlias('t', 'f', bad, serverless.versions('t', 'f')[0]?.version ?? ''),
  ],
  ['deleteAlias', nonsense, (bad) => serverless.deleteAlias('t', bad, 'a')],
  ['undeploy', nonsense, (bad) => serverless.undeploy('t', bad)],
  ['cleanup', badOptions, (bad) => serverless.cleanup(bad)],
];

function hostileSpec(): unknown {
  return { ...spec, code: hostile };
}

describe('bad input', () => {
  it.each(calls)('%s', async (name, values, call) => {
    for (const bad of values) {
      let error: unknown;
      try {
        await call(bad as never);
      } catch (thrown) {
        error = thrown;
      }
      const label = `${name} with ${inspect(bad, { customInspect: false })}`;
      expect(error, label).toBeInstanceOf(Error);
      const known = error instanceof IsoletError || (error as { code?: unknown }).code === 'ERR_ISOLET_INVALID_ARG';
      expect(known, `${label}: ${(error as Error).stack}`).toBe(true);
    }
    expect(runtime.state).toBe('open');
    expect(runtime.eval('1 + 1')).toBe(2);
    expect(await pool.invoke(spec, 3)).toBe(3);
    expect(await serverless.invoke('t', 'f', 4)).toBe(4);
  });
});
