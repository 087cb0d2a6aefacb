import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';

let admin: Administration;
const quota = 200_000;

beforeAll(async () => {
  const roomy = { maxLogBytes: 16 * 1024 * 1024, cpuTimeout: 0, timeout: 120_000 };
  const small = { ...roomy, keptLogBytes: quota };
  admin = await Administration.start({ tiers: { standard: roomy, small } });
  const code =
    '({ from, count, length }) => { for (let i = 0; i < count; i++) console.log(from + i, "x".repeat(length)); }';
  for (const [tenant, tier] of Object.entries({ acme: 'small', other: 'standard' })) {
    await admin.done('PUT', `/tenants/${tenant}`, { tier });
    for (const name of ['f', 'g']) await admin.done('PUT', `/tenants/${tenant}/functions/${name}`, { code });
  }
});
afterAll(() => admin[Symbol.asyncDispose]());

const write = (tenant: string, name: string, from: number, count: number, length: number) =>
  admin.done('POST', `/tenants/${tenant}/functions/${name}/invoke`, { from, count, length });
const bytes = async (tenant: string): Promise<number> =>
  (await admin.done('GET', `/tenants/${tenant}/usage`)).stored.logBytes;
const numbers = async (tenant: string): Promise<number[]> =>
  (await admin.done('GET', `/tenants/${tenant}/logs?order=oldest&limit=1000`)).lines.map(
    ({ message }: { message: string }) => Number(message.split(' ')[0]),
  );

it("of a tenant's lines the oldest go when there are more bytes than its tier keeps, and nobody else's", async () => {
  await write('other', 'f', 0, 10, 5000);
  await write('acme', 'f', 0, 10, 5000);
  const one = 5000 + 2 + 200;
  expect(await bytes('acme')).toBe(10 * one);
  for (let from = 10; from < 100; from += 10) await write('acme', from % 20 === 0 ? 'g' : 'f', from, 10, 4999);
  const kept = await numbers('acme');
  expect(kept.at(-1)).toBe(99);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 100 - kept.length + i));
  expect(await bytes('acme')).toBe(kept.length * one);
  expect(kept.length * one).toBeLessThanOrEqual(quota);
  expect(kept.length * one).toBeGreaterThan(quota / 2);
  expect(await numbers('other')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('the sum is right after a restart, a smaller tier holds with the next line, and with the tenant it goes', async () => {
  const before = await bytes('acme');
  await admin.restart();
  expect(await bytes('acme')).toBe(before);
  await write('other', 'f', 10, 100, 5000);
  await admin.done('PUT', '/tenants/other', { tier: 'small' });
  await write('other', 'f', 110, 1, 10);
  expect(await bytes('other')).toBeLessThanOrEqual(quota);
  expect((await numbers('other')).at(-1)).toBe(110);
  await admin.done('DELETE', '/tenants/other');
  await admin.done('PUT', '/tenants/other', {});
  expect(await bytes('other')).toBe(0);
});

it('of lines that come faster than they can be kept each is there or counted, and none of others is lost', async () => {
  await admin.done('PUT', '/tenants/acme', { tier: 'standard' });
  await admin.done('PUT', '/tenants/other/functions/f', { code: '() => console.log("0 here")' });
  await admin.done('DELETE', '/tenants/acme/functions/g');
  await admin.done('PUT', '/tenants/acme/functions/flood', {
    code: '() => { for (let i = 0; i < 3000; i++) console.log("x".repeat(5000)); }',
  });
  const quiet = () => admin.done('POST', '/tenants/other/functions/f/invoke', {});
  await Promise.all([admin.done('POST', '/tenants/acme/functions/flood/invoke', {}), quiet(), quiet()]);
  let [kept, dropped] = [0, 0];
  let next: string | null = '';
  while (next !== null) {
    const page: { lines: { message: string }[]; next: string | null } = await admin.done(
      'GET',
      `/tenants/acme/functions/flood/logs?order=oldest&limit=1000${next && `&cursor=${next}`}`,
    );
    for (const { message } of page.lines) {
      if (message.startsWith('x')) kept++;
      else dropped += Number(/^(\d+) lines were dropped/.exec(message)?.[1]);
    }
    next = page.next;
  }
  expect(kept + dropped).toBe(3000);
  expect(kept).toBeGreaterThan(0);
  expect(await numbers('other')).toEqual([0, 0]);
});
