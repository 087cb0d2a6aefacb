import { ServerlessRuntime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { fn, kill, useCellPools } from './pool-support.ts';
import { hasCells } from './support.ts';

const makePool = useCellPools();

describe.skipIf(!hasCells)('a pool of cells', () => {
  it('has one process for each tenant, whatever its functions are', async () => {
    const pool = makePool({ double: (n: number) => n * 2 });
    const sum = '(event) => double(event.a) + event.b';
    expect(await pool.invoke(fn(sum), { a: 1, b: 2 })).toBe(4);
    expect(await pool.invoke(fn(sum, { name: 'g' }), { a: 1, b: 3 })).toBe(5);
    expect(await pool.invoke(fn(sum, { tenantId: 'other' }), { a: 1, b: 4 })).toBe(6);
    expect(pool.cells.starts).toEqual([
      { tenantId: 'acme', group: '', pid: expect.any(Number) },
      { tenantId: 'other', group: '', pid: expect.any(Number) },
    ]);
  });

  it('puts functions into groups within their tenant, and never two tenants into one', async () => {
    const group = ({ functionName }: { functionName: string }) => (functionName === 'f' ? 'one' : 'two');
    const pool = makePool({}, { isolation: { mode: 'process', group } });
    for (const tenantId of ['acme', 'acme:', 'other']) {
      for (const name of ['f', 'g', 'h']) await pool.invoke(fn('() => 1', { tenantId, name }));
    }
    expect(pool.cells.starts.map(({ tenantId, group }) => `${tenantId} ${group}`)).toEqual([
      'acme one',
      'acme two',
      'acme: one',
      'acme: two',
      'other one',
      'other two',
    ]);
  });

  it('runs nothing twice when a cell dies, and says what happened', async () => {
    let calls = 0;
    let called = (): void => {};
    const inside = new Promise<void>((resolve) => {
      called = resolve;
    });
    const pool = makePool({
      note: () => {
        calls++;
        called();
      },
    });
    const stuck = pool.invoke(fn('async () => { note(); await new Promise(() => {}); }'));
    const failed = expect(stuck).rejects.toMatchObject({
      code: 'ERR_ISOLET_CELL',
      reason: 'ended',
      retryable: true,
      signal: 'SIGKILL',
      tenantId: 'acme',
      pid: expect.any(Number),
    });
    await inside;
    kill(pool.cells.starts[0]?.pid ?? 0);
    await failed;
    expect(calls).toBe(1);
    expect(await pool.invoke(fn('() => 7', { name: 'g' }))).toBe(7);
    expect(pool.cells.exits).toMatchObject([{ tenantId: 'acme', reason: 'died', signal: 'SIGKILL' }]);
  });
});

describe.skipIf(!hasCells)('a serverless runtime of cells', () => {
  it('deploys, invokes, answers requests and ends', async () => {
    const serverless = new ServerlessRuntime({}, { isolation: 'process' });
    const started: string[] = [];
    serverless.on('cellStart', ({ tenantId }) => started.push(tenantId));
    const exits: unknown[] = [];
    serverless.on('cellExit', (exit) => exits.push(exit));
    await serverless.deploy({ tenantId: 'acme', name: 'hello', code: "(event) => 'Hello ' + event.name" });
    expect(await serverless.invoke('acme', 'hello', { name: 'you' })).toBe('Hello you');
    const code = 'export default { fetch: (request) => new Response(new URL(request.url).pathname) }';
    await serverless.deploy({ tenantId: 'beta', name: 'web', code });
    const response = await serverless.fetch('beta', 'web', new Request('http://beta.example/a'));
    expect(await response.text()).toBe('/a');
    await serverless.cleanup();
    expect(started).toEqual(['acme', 'beta']);
    expect(exits).toMatchObject([{ reason: 'closed' }, { reason: 'closed' }]);
  });

  it('puts those into cells whose tier says so', async () => {
    const serverless = new ServerlessRuntime(
      {},
      {
        tiers: { free: { isolation: 'process' }, trusted: { isolation: 'isolate' } },
        tenantTier: (tenantId) => (tenantId === 'acme' ? 'trusted' : 'free'),
      },
    );
    const started: string[] = [];
    serverless.on('cellStart', ({ tenantId }) => started.push(tenantId));
    for (const tenantId of ['acme', 'beta']) {
      await serverless.deploy({ tenantId, name: 'f', code: '() => 1' });
      expect(await serverless.invoke(tenantId, 'f')).toBe(1);
    }
    expect(started).toEqual(['beta']);
    await serverless.cleanup();
  });
});
