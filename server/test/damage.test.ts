import { execFile } from 'node:child_process';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { command, dataFolder, ServerProcess } from './server-process.ts';

const run = promisify(execFile);

/** The command in a folder. */
const isolet = (data: string, ...args: string[]) =>
  run(process.execPath, [command, ...args], { env: { ISOLET_SERVER_DATA: data } });

async function deploy(server: ServerProcess, n: number): Promise<void> {
  expect((await server.ask('PUT', '/v1/tenants/acme')).status).toBeLessThan(300);
  const { status } = await server.ask('PUT', '/v1/tenants/acme/functions/f', { code: `() => ${n}` });
  expect(status).toBeLessThan(300);
}

async function damage(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(4096, 0xa5), 0, 4096, position);
  await handle.close();
}

it.each([
  ['its beginning', 0],
  ['its middle', 8192],
])('a file damaged in %s is said with what to do, and a backup brings everything back', async (_where, position) => {
  await using folder = await dataFolder();
  const data = join(folder.path, 'data');
  const backup = join(folder.path, 'backup');
  {
    await using server = await ServerProcess.start(data);
    await deploy(server, 1);
    // While the server runs, and goes on.
    expect((await isolet(data, 'backup', backup)).stdout).toContain('copied');
    await deploy(server, 2);
    await server.end('SIGTERM');
  }
  expect((await stat(join(data, 'server.db-wal'))).size).toBe(0);
  await damage(join(data, 'server.db'), position);
  await expect(ServerProcess.start(data)).rejects.toThrow(/server\.db is damaged: .*isolet-server restore <backup>/s);

  const { stdout } = await isolet(data, 'restore', backup, '--json');
  const { replaced } = JSON.parse(stdout);
  expect(await readdir(replaced)).toContain('server.db');
  await using again = await ServerProcess.start(data);
  expect((await again.ask('POST', '/v1/tenants/acme/functions/f/invoke')).body).toBe(1);
});

it('so is the file with what functions keep', async () => {
  await using folder = await dataFolder();
  {
    await using server = await ServerProcess.start(folder.path);
    await deploy(server, 1);
    const code = '(event, context) => context.env.KV.put("key", "value")';
    await server.ask('PUT', '/v1/tenants/acme/functions/put', { code });
    expect((await server.ask('POST', '/v1/tenants/acme/functions/put/invoke')).status).toBe(200);
    await server.end('SIGTERM');
  }
  await damage(join(folder.path, 'kv.db'), 0);
  await expect(ServerProcess.start(folder.path)).rejects.toThrow(
    /kv\.db is damaged: .*isolet-server restore <backup>/s,
  );
});

it('a backup has no key in it, and is there as a whole or not at all', async () => {
  await using folder = await dataFolder();
  const data = join(folder.path, 'data');
  const backup = join(folder.path, 'backup');
  await using server = await ServerProcess.start(data);
  await deploy(server, 1);
  await isolet(data, 'backup', backup);
  const files = await readdir(backup, { recursive: true });
  expect(files).toContain('server.db');
  const key = (await readFile(join(data, 'key'), 'utf8')).trim();
  for (const file of files) {
    const path = join(backup, file);
    if ((await stat(path)).isFile()) expect((await readFile(path)).includes(key), file).toBe(false);
  }
  await expect(isolet(data, 'backup', backup)).rejects.toThrow(/is there already/);
  expect(await readdir(folder.path)).toEqual(['backup', 'data']);
});

it('a damaged copy is not restored, nor one into a folder that is in use', async () => {
  await using folder = await dataFolder();
  const data = join(folder.path, 'data');
  const backup = join(folder.path, 'backup');
  await using server = await ServerProcess.start(data);
  await deploy(server, 1);
  await isolet(data, 'backup', backup);
  await expect(isolet(data, 'restore', backup)).rejects.toThrow(/in use by another isolet-server/);
  await server.end('SIGTERM');
  await damage(join(backup, 'server.db'), 4096);
  await expect(isolet(data, 'restore', backup)).rejects.toThrow(/is damaged, and was not restored/);
  await using again = await ServerProcess.start(data);
  expect((await again.ask('POST', '/v1/tenants/acme/functions/f/invoke')).body).toBe(1);
});

it('two servers do not share a folder', async () => {
  await using folder = await dataFolder();
  await using first = await ServerProcess.start(folder.path);
  await expect(ServerProcess.start(folder.path)).rejects.toThrow(/in use by another isolet-server/);
  await first.end('SIGKILL');
  // However the first one ended.
  await using _second = await ServerProcess.start(folder.path);
});
