import { RuntimePool, type ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const deadlock = { cause: { code: 'ERR_ISOLET_DEADLOCK' } };

test('cleanup and undeploy awaited in a platform function of an invocation they wait for fail at once', async () => {
  const admin = {
    cleanup: () => serverless.cleanup(),
    undeploy: (name: string) => serverless.undeploy('acme', name),
  };
  const serverless: ServerlessRuntime = make(admin);
  await serverless.deploy(spec('async () => { await cleanup(); }'));
  await serverless.deploy(spec('async (name) => { await undeploy(name); return name; }', { name: 'admin' }));
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject(deadlock);
  expect(await failure(() => serverless.invoke('acme', 'admin', 'admin'))).toMatchObject(deadlock);
  // Nothing was begun; another function may be taken away.
  expect(serverless.list('acme').map(({ functionName }) => functionName)).toEqual(['f', 'admin']);
  expect(await serverless.invoke('acme', 'admin', 'f')).toBe('f');
  expect(serverless.list('acme')).toHaveLength(1);
});

test('also from a function that another one invokes, and while code is loaded', async () => {
  const api = {
    call: (name: string) => serverless.invoke('acme', name),
    shutDown: () => serverless.cleanup(),
  };
  const serverless: ServerlessRuntime = make(api);
  await serverless.deploy(spec('async () => call("inner")', { name: 'outer' }));
  await serverless.deploy(spec('async () => shutDown()', { name: 'inner' }));
  await serverless.deploy(spec('(shutDown().catch(() => {}), () => 1)', { name: 'atLoad' }));
  expect(await failure(() => serverless.invoke('acme', 'outer'))).toMatchObject({ cause: deadlock });
  expect(await serverless.invoke('acme', 'atLoad')).toBe(1);
});

test('a rollback in a platform function of the version that goes is no wait', async () => {
  const serverless: ServerlessRuntime = make({ rollback: () => void serverless.rollback('acme', 'f') });
  await serverless.deploy(spec('() => 1'));
  await serverless.deploy(spec('() => { rollback(); return 2; }'));
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('a pool that is closed or drained likewise; without drain, or later, it may be', async () => {
  const pool: RuntimePool = new RuntimePool({
    close: (options?: object) => pool.close(options),
    drain: () => pool.drain('acme:f'),
    later: () => void setImmediate(() => void pool.close()),
  });
  for (const code of ['() => close()', '() => close({ timeout: 60000 })', '() => drain()']) {
    expect(await failure(() => pool.invoke(spec(code)))).toMatchObject(deadlock);
  }
  expect(await pool.invoke(spec('() => { later(); return 1; }'))).toBe(1);
  await until(() => pool.stats().runtimes === 0, 'the pool to close');
  expect(await failure(() => pool.invoke(spec('() => 1')))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  const other: RuntimePool = new RuntimePool({ close: () => other.close({ drain: false }) });
  expect(await failure(() => other.invoke(spec('() => close()')))).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
  await other.close();
});
