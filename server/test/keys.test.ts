import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from './server-process.ts';

const [first, second, third] = ['the-first-key-of-all', 'the-second-key-of-all', 'the-third-key-of-all'];
const value = 'a-value-that-nobody-else-may-see';
const one = '/v1/tenants/acme/functions/f';

async function withSecret(server: ServerProcess): Promise<void> {
  await server.ask('PUT', '/v1/tenants/acme');
  await server.ask('PUT', one, { code: '(event, context) => { console.log(context.env.S); return context.env.S; }' });
  expect((await server.ask('PUT', '/v1/tenants/acme/secrets/S', { value })).status).toBeLessThan(300);
}

const invoke = async (server: ServerProcess) => (await server.ask('POST', `${one}/invoke`)).body;

it('another key takes over what the one before has sealed', async () => {
  await using folder = await dataFolder();
  const start = (key: string, previous = '') =>
    ServerProcess.start(folder.path, { ISOLET_SERVER_KEY: key, ISOLET_SERVER_PREVIOUS_KEY: previous });
  {
    await using server = await start(first);
    await withSecret(server);
    await server.end('SIGTERM');
  }
  await expect(start(third)).rejects.toThrow(/1 secrets can't be opened with ISOLET_SERVER_KEY.*PREVIOUS_KEY/s);
  {
    await using server = await start(second, first);
    expect(await invoke(server)).toBe(value);
    await server.end('SIGTERM');
  }
  // From then on the first one can be forgotten.
  await using server = await start(second);
  expect(await invoke(server)).toBe(value);
});

it('a configured key takes over from the one that was made', async () => {
  await using folder = await dataFolder();
  {
    await using server = await ServerProcess.start(folder.path);
    await withSecret(server);
    await server.end('SIGTERM');
  }
  expect((await stat(join(folder.path, 'key'))).mode & 0o777).toBe(0o600);
  await using server = await ServerProcess.start(folder.path, { ISOLET_SERVER_KEY: first });
  expect(await invoke(server)).toBe(value);
});

it('the value of a secret is in no file, no log and no answer but the function’s own', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  await withSecret(server);
  expect(await invoke(server)).toBe(value);
  for (const path of [one, `${one}/logs`, `${one}/versions`, '/v1/tenants/acme/secrets', '/v1/audit', '/metrics']) {
    const { status, body } = await server.ask('GET', path);
    expect(status, path).toBe(200);
    expect(JSON.stringify(body), path).not.toContain(value);
  }
  const { body } = await server.ask('GET', `${one}/logs`);
  expect(JSON.stringify(body)).toContain('[redacted]');
  await server.end('SIGTERM');
  expect(server.log.join('\n')).not.toContain(value);
  for (const name of await readdir(folder.path, { recursive: true })) {
    const path = join(folder.path, name);
    const { mode } = await stat(path);
    expect((mode & 0o077).toString(8), `others at ${name}`).toBe('0');
    if ((await stat(path)).isFile()) expect((await readFile(path)).includes(value), name).toBe(false);
  }
});
