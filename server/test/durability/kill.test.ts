import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from '../server-process.ts';
import { allUntilGone, functionPath, killAfterSome, Workload } from './workload.ts';

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
