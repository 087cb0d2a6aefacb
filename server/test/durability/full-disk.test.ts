import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answer, dataFolder, ServerProcess } from '../server-process.ts';
import { hasSmallDisk, SmallDisk } from './small-disk.ts';
import { functionPath } from './workload.ts';

const tenant = '/v1/tenants/acme';
const large = 'x'.repeat(200_000);
const codes = {
  kv: `async (value, { env }) => {
    if (value === null) return env.KV.get('n');
    try { return (await env.KV.put('n', value)).ok; } catch ({ code, message }) { return { code, message }; }
  }`,
  sql: `async (value, { env: { SQL } }) => {
    if (value === null) return (await SQL.query('SELECT n FROM t ORDER BY rowid')).rows.map(({ n }) => n);
    try {
      await SQL.query('CREATE TABLE IF NOT EXISTS t (n)');
      return (await SQL.query('INSERT INTO t VALUES (?)', [value])).changes;
    } catch ({ code, message }) { return { code, message }; }
  }`,
  shown: '(event, context) => context.env.SECRET',
};

it.skipIf(!hasSmallDisk)(
  'a full disk refuses what it has no room for, loses nothing, and goes on when there is room',
  async () => {
    await using folder = await dataFolder();
    const path = join(folder.path, 'disk');
    await mkdir(path);
    await using disk = await SmallDisk.make(path, 8 * 1024 * 1024);
    const start = () => ServerProcess.start(path, { ISOLET_SERVER_ISOLATION: 'isolate' }, [], disk.through);
    const invoke = async (server: ServerProcess, name: string, event: unknown = null) =>
      (await server.ask('POST', `${functionPath(name)}/invoke`, JSON.stringify(event))).body;
    const refused = ({ status, headers, body }: Answer) => {
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect([status, body.code]).toEqual([503, 'ERR_ISOLET_SERVER_STORAGE']);
      expect(body.detail).toContain('no room left on the disk');
    };
    const noRoom = (code: string) => ({ code, message: expect.stringContaining('no room left on its disk') });
    const unchanged = async (server: ServerProcess) => {
      expect(await invoke(server, 'f')).toBe(1);
      expect(await invoke(server, 'kv')).toBe('before');
      expect(await invoke(server, 'sql')).toEqual(['before']);
      expect(await invoke(server, 'shown')).toBe('the-first-secret');
    };
    {
      await using server = await start();
      await server.ask('PUT', tenant);
      for (const [name, code] of Object.entries(codes)) {
        expect((await server.ask('PUT', functionPath(name), { code })).status).toBe(201);
      }
      expect((await server.ask('PUT', functionPath('f'), { code: '() => 1' })).status).toBe(201);
      expect((await server.ask('PUT', `${tenant}/secrets/SECRET`, { value: 'the-first-secret' })).status).toBe(200);
      expect([await invoke(server, 'kv', 'before'), await invoke(server, 'sql', 'before')]).toEqual([true, 1]);

      await disk.fill();
      refused(await server.ask('PUT', functionPath('f'), { code: `() => 2 // ${large}` }));
      refused(await server.ask('PUT', functionPath('g'), { code: `() => 2 // ${large}` }));
      refused(await server.ask('DELETE', functionPath('f')));
      refused(await server.ask('PUT', `${tenant}/secrets/SECRET`, { value: 'another-secret' }));
      refused(await server.ask('POST', `${tenant}/tokens`, {}));
      refused(await server.ask('POST', `${functionPath('f')}/invocations`, 1));
      expect(await invoke(server, 'kv', large)).toEqual(noRoom('KV_ENGINE'));
      expect(await invoke(server, 'sql', large)).toEqual(noRoom('SQL_ENGINE'));
      await unchanged(server);
      expect((await server.ask('GET', functionPath('g'))).status).toBe(404);

      await disk.free();
      expect((await server.ask('PUT', functionPath('g'), { code: `() => 2 // ${large}` })).status).toBe(201);
      expect(await invoke(server, 'g')).toBe(2);
      await unchanged(server);
      await disk.fill();
      await server.end('SIGKILL');
    }
    {
      // It can be started, read from and stopped while there is no room.
      await using server = await start();
      await unchanged(server);
      expect(await invoke(server, 'g')).toBe(2);
      expect(await invoke(server, 'kv', large)).toEqual(noRoom('KV_ENGINE'));
      expect(await server.end('SIGTERM')).toBe(0);
    }
    await disk.free();
    await using server = await start();
    await unchanged(server);
    expect([await invoke(server, 'kv', large), await invoke(server, 'sql', large)]).toEqual([true, 1]);
  },
);
