import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from './server-process.ts';

/** Values by name and labels, as they are written. */
function series(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

it('counts what functions do, and joins those beyond the bound', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.startWith(folder.path, { metrics: { maxFunctions: 1 } });
  await server.ask('PUT', '/v1/tenants/acme');
  for (const name of ['a', 'b', 'c']) {
    const code = '(event) => { if (event.fails) throw new Error("no"); return 1; }';
    expect((await server.ask('PUT', `/v1/tenants/acme/functions/${name}`, { code })).status).toBe(201);
  }
  for (const name of ['a', 'a', 'b', 'c']) await server.ask('POST', `/v1/tenants/acme/functions/${name}/invoke`, {});
  await server.ask('POST', '/v1/tenants/acme/functions/a/invoke', { fails: true });

  const { status, body, headers } = await server.ask('GET', '/metrics', undefined, { authorization: '' });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const found = series(body);
  expect(found.get('isolet_invocations_total{tenant="acme",function="a",outcome="ok"}')).toBe(2);
  expect(found.get('isolet_invocations_total{tenant="acme",function="a",outcome="error"}')).toBe(1);
  expect(found.get('isolet_invocations_total{tenant="other",function="other",outcome="ok"}')).toBe(2);
  expect(found.get('isolet_cold_starts_total{tenant="acme",function="a"}')).toBe(1);
  expect(found.get('isolet_invocation_duration_seconds_count')).toBe(5);
  expect(found.get('isolet_functions_loaded')).toBe(3);
  expect(found.get('isolet_storage_write_seconds_count')).toBeGreaterThanOrEqual(4);
  expect(body).not.toContain('function="b"');
  // Read again, sums do not grow by being read.
  const again = series((await server.ask('GET', '/metrics')).body);
  expect(again.get('isolet_invocations_total{tenant="acme",function="a",outcome="ok"}')).toBe(2);
});

it('is for the platform where the server can be reached from outside', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path, { ISOLET_SERVER_HOST: '0.0.0.0' });
  for (const [authorization, status] of [
    ['', 401],
    ['Bearer wrong', 401],
    [undefined, 200],
  ] as const) {
    const headers = authorization === undefined ? {} : { authorization };
    expect((await server.ask('GET', '/metrics', undefined, headers)).status).toBe(status);
  }
});
