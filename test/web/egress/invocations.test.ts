import { EgressError, egress, invocationOf, RuntimePool, ServerlessRuntime } from 'isolet';
import { afterEach, describe, expect, test } from 'vitest';
import { here, serve } from './support.ts';

const open: { close?(): Promise<void>; cleanup?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await (one.close?.() ?? one.cleanup?.());
});

const spec = (code: string, rest = {}) => ({ tenantId: 't', name: 'f', code, memoryMb: 16, ...rest });
const hello = () => serve((_, response) => response.end('hello'));

describe('invocations', () => {
  test('have what they fetched in their report, and a limit each', async () => {
    const { port } = await hello();
    const callers: unknown[] = [];
    const web = {
      fetch: egress(here({ ports: [port], maxRequests: 2, onFetch: (_, caller) => void callers.push(caller) })),
    };
    const pool = new RuntimePool({}, { web });
    open.push(pool);
    const code = `async (n) => {
      const seen = [];
      for (let i = 0; i < n; i++) seen.push(await fetch('http://a.test:${port}/', { method: 'POST', body: 'abc' }).then((r) => r.text(), (e) => e.message));
      return seen;
    }`;
    const once = await pool.invoke(spec(code), 1, { detailed: true, invocationId: 'mine' });
    expect(once).toMatchObject({
      value: ['hello'],
      hostCalls: 1,
      egress: { requests: 1, refused: 0, bytesSent: 3, bytesReceived: 5 },
    });
    expect(callers[0]).toMatchObject({ tenantId: 't', functionName: 'f', version: once.version, invocationId: 'mine' });
    const three = await pool.invoke(spec(code), 3, { detailed: true });
    expect(three).toMatchObject({
      value: ['hello', 'hello', 'fetch was refused (maxRequests): more than 2 requests'],
      hostCalls: 3,
      egress: { requests: 3, refused: 1, bytesSent: 6, bytesReceived: 10 },
    });
    const none = await pool.invoke(spec(code), 0, { detailed: true });
    expect(none).not.toHaveProperty('egress');
  });

  test('that interleave in one runtime have accounts of their own', async () => {
    const { port } = await hello();
    const web = { fetch: egress(here({ ports: [port] })) };
    const pool = new RuntimePool({}, { web, stock: 0 });
    open.push(pool);
    const code = `async (n) => { for (let i = 0; i < n; i++) await (await fetch('http://a.test:${port}/')).text(); }`;
    const shared = spec(code, { concurrencyPerRuntime: 4 });
    const reports = await Promise.all([1, 2, 3].map((n) => pool.invoke(shared, n, { detailed: true })));
    expect(reports.map(({ egress }) => egress?.requests)).toEqual([1, 2, 3]);
  });

  test('count as platform calls', async () => {
    const { port } = await hello();
    const pool = new RuntimePool({}, { web: { fetch: egress(here({ ports: [port] })) } });
    open.push(pool);
    const code = `async () => { await fetch('http://a.test:${port}/'); await fetch('http://a.test:${port}/'); }`;
    await expect(pool.invoke(spec(code, { maxHostCalls: 1 }), null)).rejects.toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('fetch: limit of 1 platform calls'),
    });
  });

  test('fail for the very error, which tells the host more than the guest', async () => {
    const pool = new RuntimePool({}, { web: { fetch: egress({ lookup: () => ['10.1.2.3'] }) } });
    open.push(pool);
    const code = `async (seen) => {
      try { return await fetch('http://a.test/'); }
      catch (error) {
        if (!seen) throw error;
        return [error instanceof TypeError, error.name, error.message, JSON.stringify(error), String(error.stack), error.cause];
      }
    }`;
    const error = (await pool.invoke(spec(code), false).catch((reason) => reason)) as Error;
    expect(error.cause).toBeInstanceOf(EgressError);
    expect(error.cause).toMatchObject({
      code: 'ERR_ISOLET_EGRESS',
      reason: 'address',
      address: '10.1.2.3',
      retryable: false,
    });
    expect(invocationOf(error)?.egress).toMatchObject({ requests: 1, refused: 1 });
    const seen = (await pool.invoke(spec(code), true)) as unknown[];
    expect(seen.slice(0, 2)).toEqual([true, 'TypeError']);
    expect(JSON.stringify(seen)).not.toContain('10.1.2.3');
  });

  test('that go on after their answer, loads, and tenants have accounts too', async () => {
    const { port } = await hello();
    let tellAnswered = () => {};
    const answered = new Promise<void>((resolve) => {
      tellAnswered = resolve;
    });
    const serverless = new ServerlessRuntime(
      { api: { answered: () => answered } },
      { pool: { web: { fetch: egress(here({ ports: [port] })) } } },
    );
    open.push(serverless);
    await serverless.deploy(
      spec(`
        const first = await (await fetch('http://a.test:${port}/')).text();
        export default async (event, context) => {
          context.waitUntil(api.answered().then(() => fetch('http://a.test:${port}/')).then((response) => response.text()));
          return first;
        };`),
    );
    const loads: unknown[] = [];
    serverless.on('load', ({ egress: use }) => loads.push(use));
    const report = await serverless.invoke('t', 'f', null, { detailed: true });
    expect(report.value).toBe('hello');
    tellAnswered();
    expect((await report.late)?.egress).toMatchObject({ requests: 1 });
    expect(loads).toEqual([{ requests: 1, refused: 0, bytesSent: 0, bytesReceived: 5 }]);
    expect(serverless.usage('t')?.egress).toMatchObject({ requests: 3 });
  });
});
