import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';

let admin: Administration;

beforeAll(async () => {
  admin = await Administration.start();
  await admin.done('PUT', '/tenants/acme', {});
});
afterAll(() => admin[Symbol.asyncDispose]());

const f = '/tenants/acme/functions/f';

it('a secret goes before a variable of the function, and that before one of the tenant', async () => {
  await admin.done('PUT', f, { code: '(event, { env }) => env', env: { A: 'function' } });
  const { version } = await admin.done('GET', f);
  await admin.done('PUT', '/tenants/acme/env/A', { value: 'tenant' });
  await admin.done('PUT', '/tenants/acme/env/B', { value: 'tenant' });
  expect(await admin.done('POST', `${f}/invoke`)).toMatchObject({ A: 'function', B: 'tenant' });
  await admin.done('PUT', '/tenants/acme/secrets/A', { value: 'secret' });
  expect(await admin.done('POST', `${f}/invoke`)).toMatchObject({ A: 'secret', B: 'tenant' });
  await admin.done('DELETE', '/tenants/acme/secrets/A');
  await admin.done('DELETE', '/tenants/acme/env/B');
  const env = await admin.done('POST', `${f}/invoke`);
  expect([env.A, env.B]).toEqual(['function', undefined]);
  expect((await admin.done('GET', f)).version).toBe(version);
});

it('more than functions could take is refused when it is written, not when they run', async () => {
  for (let i = 0; i < 2; i++) await admin.done('PUT', `/tenants/acme/secrets/BIG${i}`, { value: 'x'.repeat(12_000) });
  const answer = await admin.ask('PUT', '/tenants/acme/secrets/BIG2', { value: 'x'.repeat(12_000) });
  expect(answer).toMatchObject({ status: 413, body: { limit: 'secrets', value: 24 * 1024 } });
  expect(await admin.done('POST', `${f}/invoke`)).toMatchObject({ A: 'function' });
  for (let i = 0; i < 2; i++) await admin.done('DELETE', `/tenants/acme/secrets/BIG${i}`);
});

it('of two who write one secret, the second is told', async () => {
  const { headers } = await admin.ask('PUT', '/tenants/acme/secrets/TWICE', { value: 'first' });
  const match = { 'if-match': headers.get('etag') as string };
  await new Promise((resolve) => setTimeout(resolve, 5));
  await admin.done('PUT', '/tenants/acme/secrets/TWICE', { value: 'second' }, match);
  expect((await admin.ask('PUT', '/tenants/acme/secrets/TWICE', { value: 'third' }, undefined, match)).status).toBe(
    412,
  );
});

it('a secret is in no answer, log, audit or file, whatever functions and requests do with it', async () => {
  const value = 'correct-horse-battery-staple';
  const base64 = Buffer.from(value).toString('base64');
  await admin.done('PUT', '/tenants/acme/secrets/KEY', { value });
  const code = `(event, { env }) => {
    console.log("key", env.KEY, btoa(env.KEY), JSON.stringify({ key: env.KEY }));
    throw new Error("with " + env.KEY);
  }`;
  await admin.done('PUT', '/tenants/acme/functions/leaky', { code, web: true });
  const invoked = await admin.ask('POST', '/tenants/acme/functions/leaky/invoke', {});
  const { id } = await admin.done('POST', '/tenants/acme/functions/leaky/invocations', {});
  const path = `/tenants/acme/functions/leaky/invocations/${id}`;
  await expect.poll(async () => (await admin.done('GET', path)).status).toBe('failed');
  const answers = [invoked.body];
  for (const path of [
    ...[
      '/audit',
      '/tenants/acme',
      '/tenants/acme/secrets',
      '/tenants/acme/logs',
      '/tenants/acme/usage',
      '/tenants/acme/env',
    ],
    ...['', '/versions', '/source', `/invocations/${id}`, '/logs'].map(
      (part) => `/tenants/acme/functions/leaky${part}`,
    ),
  ]) {
    answers.push(await admin.done('GET', path));
  }
  answers.push((await admin.ask('PUT', '/tenants/acme/secrets/KEY', { value, more: value })).body);
  answers.push((await admin.ask('PUT', '/tenants/acme/secrets/KEY', { value: [value] })).body);
  const said = JSON.stringify(answers);
  expect(said).toContain('[redacted]');
  expect(await admin.server.end('SIGTERM')).toBe(0);
  const files = await readdir(admin.folder, { recursive: true, withFileTypes: true });
  const kept = files.filter((file) => file.isFile());
  expect(kept.length).toBeGreaterThan(2);
  for (const text of [value, base64]) {
    expect(said).not.toContain(text);
    expect(admin.server.log.join('\n')).not.toContain(text);
    for (const file of kept) {
      const bytes = await readFile(join(file.parentPath ?? file.path, file.name));
      expect([file.name, bytes.includes(text)]).toEqual([file.name, false]);
    }
  }
});
