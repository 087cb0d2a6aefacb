import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from '../server-process.ts';
import { allUntilGone, functionPath, helpers, killAfterSome, Workload } from './workload.ts';

it('what was acknowledged is there after kill -9, and what was undeployed stays away', async () => {
  await using folder = await dataFolder();
  const workload = new Workload();
  for (let round = 0; round < 6; round++) {
    await using server = await ServerProcess.start(folder.path);
    await workload.check(server);
    await allUntilGone(workload.writers(server, killAfterSome(server)));
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
  }
});

it('a tenant that has the name of one that went finds nothing of it, also if the end came in the middle', async () => {
  await using folder = await dataFolder();
  const [data, before] = [join(folder.path, 'data'), join(folder.path, 'before')];
  const tenant = '/v1/tenants/acme';
  const both = ['key', 'rows'] as const;
  const make = async (server: ServerProcess) => {
    expect((await server.ask('PUT', tenant)).status).toBe(201);
    for (const name of both) await server.ask('PUT', functionPath(name), { code: helpers[name] });
  };
  const found = (server: ServerProcess) =>
    Promise.all(both.map(async (name) => (await server.ask('POST', `${functionPath(name)}/invoke`, 'null')).body));
  {
    await using server = await ServerProcess.start(data);
    await make(server);
    await server.ask('POST', `${functionPath('key')}/invoke`, { n: 1 });
    await server.ask('POST', `${functionPath('rows')}/invoke`, 1);
    expect(await found(server)).toEqual([1, [1, 1]]);
    await server.end('SIGTERM');
  }
  await cp(data, before, { recursive: true });
  {
    await using server = await ServerProcess.start(data);
    expect((await server.ask('DELETE', tenant)).status).toBe(204);
    await server.end('SIGTERM');
  }
  // As if it had been killed before it took away what functions keep.
  for (const kept of ['kv.db', 'sql']) {
    await rm(join(data, kept), { recursive: true });
    await cp(join(before, kept), join(data, kept), { recursive: true });
  }
  await using server = await ServerProcess.start(data);
  await make(server);
  expect(await found(server)).toEqual([null, []]);
});

it('invocations that were accepted are run after kill -9, each to its own end', async () => {
  await using folder = await dataFolder();
  const accepted = new Map<string, number>();
  {
    await using server = await ServerProcess.start(folder.path);
    await server.ask('PUT', '/v1/tenants/acme');
    const code = '(event) => { if (event.n % 4 === 0) throw new Error("no " + event.n); return event.n; }';
    expect((await server.ask('PUT', functionPath('a'), { code })).status).toBe(201);
    const killAfter = 1 + Math.floor(Math.random() * 30);
    let n = 0;
    const accept = async () => {
      const event = { n: ++n };
      const { status, body } = await server.ask('POST', `${functionPath('a')}/invocations`, event);
      expect(status).toBe(202);
      accepted.set(body.id, event.n);
      if (accepted.size === killAfter) server.child.kill('SIGKILL');
    };
    await allUntilGone([accept, accept, accept, accept]);
    await server.end('SIGKILL');
  }
  await using again = await ServerProcess.start(folder.path);
  for (const [id, n] of accepted) {
    const read = async () => (await again.ask('GET', `${functionPath('a')}/invocations/${id}`)).body;
    await expect.poll(async () => (await read()).status).toMatch(/^(?:done|failed)$/);
    const { status, result, error } = await read();
    if (n % 4 === 0) expect([status, error.code]).toEqual(['failed', 'ERR_ISOLET_JAVASCRIPT']);
    else expect([status, result]).toEqual(['done', n]);
  }
});
