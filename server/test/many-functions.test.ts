import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { proofOf } from '../src/platform/proofs.ts';
import { versionId } from '../src/platform/version-id.ts';
import { keysOf } from '../src/secrets/keys.ts';
import { Database } from '../src/storage/libsql/database.ts';
import { fileIn } from '../src/storage/libsql/open-file.ts';
import { migrate } from '../src/storage/libsql/schema.ts';
import { storesOf } from '../src/storage/libsql/stores.ts';
import { dataFolder, ServerProcess } from './server-process.ts';

const key = 'the-key-of-the-server';
const keys = keysOf(key);

/** Makes functions as a server has kept them; deploying so many one by one would take a minute. */
function keep(folder: string, codes: readonly string[], proven: (i: number) => boolean): void {
  mkdirSync(folder, { recursive: true });
  const db = new Database(fileIn(folder));
  db.durable();
  migrate(db);
  const { tenants, functions } = storesOf(db);
  db.exec('BEGIN');
  tenants.put({ id: 'acme', tier: undefined, createdAt: 1 });
  for (const [i, code] of codes.entries()) {
    const spec = { code };
    const source = { tenant: 'acme', name: `f${i}`, version: versionId(spec), spec };
    const about = { settings: {}, createdAt: 1, createdBy: 'test', codeSize: code.length };
    const mac = proven(i) ? proofOf(keys, source) : Buffer.alloc(32);
    functions.deploy({ ...source, ...about, mac }, 10);
  }
  db.exec('COMMIT');
  db.close();
}

const count = (metrics: string, name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);

it('a start with a thousand functions loads none, and then the one that is asked for', async () => {
  await using folder = await dataFolder();
  const codes = Array.from({ length: 1000 }, (_, i) => `() => ${i}`);
  keep(folder.path, codes, () => true);
  await using server = await ServerProcess.start(folder.path, { ISOLET_SERVER_KEY: key });
  const loaded = async () => count((await server.ask('GET', '/metrics')).body, 'isolet_functions_loaded');
  expect(await loaded()).toBe(0);
  expect((await server.ask('POST', '/v1/tenants/acme/functions/f777/invoke')).body).toBe(777);
  expect(await loaded()).toBe(1);
  const { body } = await server.ask('GET', '/v1/tenants/acme/functions?limit=1000');
  expect(JSON.stringify(body)).toContain('"f999"');
  expect(await loaded()).toBe(1);
});

it('what this server has proven is not checked again; what it has not is', async () => {
  await using folder = await dataFolder();
  // The check refuses both: it says so only where it is made. V8 takes the statement.
  const refused = '(event) => { debugger; return 1; }';
  keep(folder.path, [refused, `${refused} `], (i) => i === 0);
  await using server = await ServerProcess.start(folder.path, { ISOLET_SERVER_KEY: key });
  const proven = await server.ask('POST', '/v1/tenants/acme/functions/f0/invoke');
  expect(proven).toMatchObject({ status: 200, body: 1 });
  const unproven = await server.ask('POST', '/v1/tenants/acme/functions/f1/invoke');
  expect(unproven).toMatchObject({ status: 422, body: { code: 'ERR_ISOLET_VALIDATION' } });
});

it('a function that nobody asks for leaves the memory, and is there when it is asked for', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.startWith(folder.path, { idleFunctions: 500 });
  const loaded = async () => count((await server.ask('GET', '/metrics')).body, 'isolet_functions_loaded');
  await server.ask('PUT', '/v1/tenants/acme');
  const one = '/v1/tenants/acme/functions/f';
  expect((await server.ask('PUT', one, { code: '() => 1' })).status).toBe(201);
  for (let round = 0; round < 2; round++) {
    expect((await server.ask('POST', `${one}/invoke`)).body).toBe(1);
    await expect.poll(loaded).toBe(0);
  }
  expect((await server.ask('GET', one)).status).toBe(200);
});
