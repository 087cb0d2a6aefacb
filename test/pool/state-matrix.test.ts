import { RuntimeClosedError, RuntimePool, ServerlessRuntime } from 'isolet';
import { describe, expect, test } from 'vitest';
import { deferred, failure } from '../runtime/support.ts';
import { useServerless } from '../serverless/support.ts';
import { usePools } from './support.ts';

const makePool = usePools();
const makeServerless = useServerless();

interface Outcome {
  value?: unknown;
  /** The class of what it fails with, or a part of the message. */
  fails?: unknown;
}

/** What a call gives: in use, and after the end. */
interface Operation<T> {
  run(subject: T): unknown;
  open: Outcome;
  closed: Outcome;
}

const event = { n: 1 };
const web = "export default { fetch: () => new Response('a'), scheduled: () => 2 };";
const request = { method: 'GET', url: 'http://a.example/', headers: [] };
const code = '(event) => (event.wait ? wait() : event.n + 1)';

async function check(run: () => unknown, expected: Outcome): Promise<void> {
  if (!('fails' in expected)) {
    const value = await run();
    if ('value' in expected) expect(value).toEqual(expected.value);
    return;
  }
  const error = await failure(run);
  if (typeof expected.fails === 'function') expect(error).toBeInstanceOf(expected.fails);
  else expect(error.message).toMatch(expected.fails as string);
}

/** Every method of a class and of what it extends, up to EventEmitter. */
function membersOf(type: { prototype: object }): string[] {
  const members: string[] = [];
  for (let at = type.prototype; at.constructor.name !== 'EventEmitter'; at = Object.getPrototypeOf(at)) {
    members.push(...Reflect.ownKeys(at).map(String));
  }
  return members.filter((name) => name !== 'constructor');
}

const spec = { tenantId: 't', name: 'f', code };
const refused = { fails: RuntimeClosedError };

const poolOperations: Record<string, Operation<RuntimePool>> = {
  invoke: { run: (pool) => pool.invoke(spec, event), open: { value: 2 }, closed: refused },
  fetch: {
    run: async (pool) =>
      (await pool.fetch({ ...spec, name: 'web', code: web }, new Request('http://a.example/'))).text(),
    open: { value: 'a' },
    closed: refused,
  },
  respond: {
    run: async (pool) => (await pool.respond({ ...spec, name: 'web', code: web }, request)).body,
    open: { value: 'a' },
    closed: refused,
  },
  prewarm: { run: (pool) => pool.prewarm({ ...spec, name: 'g' }), open: {}, closed: refused },
  evict: { run: (pool) => pool.evict('nobody:f'), open: { value: 0 }, closed: { value: 0 } },
  restart: { run: (pool) => pool.restart('nobody:f'), open: { value: 0 }, closed: { value: 0 } },
  drain: { run: (pool) => pool.drain('nobody:f'), open: {}, closed: {} },
  forgive: { run: (pool) => pool.forgive('nobody'), open: { value: 0 }, closed: { value: 0 } },
  stats: { run: (pool) => typeof pool.stats().hits, open: { value: 'number' }, closed: { value: 'number' } },
  close: { run: (pool) => pool.close({ timeout: 50 }), open: {}, closed: {} },
  [String(Symbol.asyncDispose)]: { run: (pool) => disposeSoon(pool), open: {}, closed: {} },
};

const serverlessOperations: Record<string, Operation<ServerlessRuntime>> = {
  deploy: {
    run: async (s) => (await s.deploy({ ...spec, name: 'other' })).functionName,
    open: { value: 'other' },
    closed: refused,
  },
  invoke: { run: (s) => s.invoke('t', 'f', event), open: { value: 2 }, closed: refused },
  fetch: {
    run: async (s) => (await s.fetch('t', 'web', new Request('http://a.example/'))).text(),
    open: { value: 'a' },
    closed: refused,
  },
  respond: { run: async (s) => (await s.respond('t', 'web', request)).body, open: { value: 'a' }, closed: refused },
  scheduled: { run: (s) => s.scheduled('t', 'web'), open: { value: 2 }, closed: refused },
  rollback: {
    run: (s) => s.rollback('t', 'f'),
    open: { fails: 'no earlier version' },
    closed: { fails: 'no earlier' },
  },
  versions: { run: (s) => s.versions('t', 'f').length, open: { value: 1 }, closed: { value: 1 } },
  setAlias: {
    run: (s) => s.setAlias('t', 'f', 'live', s.versions('t', 'f')[0]?.version ?? ''),
    open: {},
    closed: {},
  },
  deleteAlias: { run: (s) => s.deleteAlias('t', 'f', 'none'), open: { value: false }, closed: { value: false } },
  restart: { run: (s) => s.restart('t', 'idle'), open: { value: 0 }, closed: { value: 0 } },
  undeploy: { run: (s) => s.undeploy('t', 'idle'), open: {}, closed: {} },
  list: { run: (s) => s.list('t').length, open: { value: 3 }, closed: { value: 3 } },
  usage: { run: (s) => s.usage('nobody').invocations, open: { value: 0 }, closed: { value: 0 } },
  takeUsage: { run: (s) => s.takeUsage('nobody').invocations, open: { value: 0 }, closed: { value: 0 } },
  forgive: { run: (s) => s.forgive('nobody'), open: { value: 0 }, closed: { value: 0 } },
  forgetTenant: { run: (s) => s.forgetTenant('nobody').invocations, open: { value: 0 }, closed: { value: 0 } },
  refreshTier: { run: (s) => s.refreshTier('nobody'), open: {}, closed: {} },
  stats: { run: (s) => typeof s.stats().pool.hits, open: { value: 'number' }, closed: { value: 'number' } },
  cleanup: { run: (s) => s.cleanup({ timeout: 50 }), open: {}, closed: {} },
  [String(Symbol.asyncDispose)]: { run: (s) => disposeSoon(s), open: {}, closed: {} },
};

/** What waits is waited for, so that somebody has to be less patient. */
function disposeSoon(subject: RuntimePool | ServerlessRuntime): Promise<void> {
  const disposed = subject[Symbol.asyncDispose]();
  void ('close' in subject ? subject.close({ timeout: 50 }) : subject.cleanup({ timeout: 50 }));
  return disposed;
}

/** For the classes of this package, not for its users. */
const internal = new Set([
  'apiNames',
  'declaredNames',
  'globalNames',
  'rehearse',
  'resolve',
  'tell',
  'emit',
  'on',
  'countLoss',
  'checkLosses',
  'letGo',
  'letGoOf',
  'letGoUnused',
  'keep',
  'refuseOwnWait',
]);

test('the matrices have every public method', () => {
  for (const [type, operations] of [
    [RuntimePool, poolOperations],
    [ServerlessRuntime, serverlessOperations],
  ] as const) {
    const members = membersOf(type).filter((name) => !internal.has(name));
    expect(members.filter((name) => !(name in operations))).toEqual([]);
    expect(Object.keys(operations).filter((name) => !members.includes(name))).toEqual([]);
  }
});

const states = ['fresh', 'used', 'busy', 'closing', 'closed'] as const;

describe.each(states)('a pool that is %s', (state) => {
  test.each(Object.keys(poolOperations))('%s', async (name) => {
    const gate = deferred();
    const pool = makePool({ wait: () => gate.promise });
    let work: Promise<unknown> = Promise.resolve();
    if (state !== 'fresh') await pool.invoke(spec, event);
    if (state === 'busy' || state === 'closing') work = pool.invoke(spec, { wait: true }).catch(() => {});
    if (state === 'closing') void pool.close();
    if (state === 'closed') await pool.close();
    const ended = state === 'closing' || state === 'closed';
    const operation = poolOperations[name] as Operation<RuntimePool>;
    await check(() => operation.run(pool), ended ? operation.closed : operation.open);
    gate.resolve();
    await work;
    await pool.close();
  });
});

describe.each(states)('a serverless runtime that is %s', (state) => {
  test.each(Object.keys(serverlessOperations))('%s', async (name) => {
    const gate = deferred();
    const serverless = makeServerless({ wait: () => gate.promise });
    await serverless.deploy(spec);
    await serverless.deploy({ ...spec, name: 'idle' });
    await serverless.deploy({ ...spec, name: 'web', code: web });
    let work: Promise<unknown> = Promise.resolve();
    if (state !== 'fresh') await serverless.invoke('t', 'f', event);
    if (state === 'busy' || state === 'closing') work = serverless.invoke('t', 'f', { wait: true }).catch(() => {});
    if (state === 'closing') void serverless.cleanup();
    if (state === 'closed') await serverless.cleanup();
    const ended = state === 'closing' || state === 'closed';
    const operation = serverlessOperations[name] as Operation<ServerlessRuntime>;
    await check(() => operation.run(serverless), ended ? operation.closed : operation.open);
    gate.resolve();
    await work;
    await serverless.cleanup();
  });
});
