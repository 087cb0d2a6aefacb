import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dataFolder, ServerProcess } from '../server-process.ts';

/** Holds the requests of functions until it is opened, and knows what they were for. */
class Gate {
  readonly asked: string[] = [];
  #held: ServerResponse[] = [];
  #isOpen = false;
  readonly #server = createServer((request, response) => {
    this.asked.push(decodeURIComponent((request.url as string).slice(1)));
    if (this.#isOpen) response.end();
    else this.#held.push(response);
  });

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    afterAll(() => this.#server.closeAllConnections());
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  open(isOpen = true): void {
    this.#isOpen = isOpen;
    if (isOpen) for (const response of this.#held.splice(0)) response.end();
  }
}

const tier = (gate: Gate) => ({
  ...{ timeout: 600_000, cpuTimeout: 0, isolation: 'isolate' },
  fetch: { allow: [new URL(gate.url).host], timeout: 600_000 },
});
const settings = (gate: Gate, concurrency: number, more: object = {}) => ({
  ...{ async: { concurrency }, tiers: { standard: tier(gate), ...more } },
});

async function make(server: ServerProcess, gate: Gate, tenant: string, tierName?: string): Promise<void> {
  await server.ask('PUT', `/v1/tenants/${tenant}`, tierName === undefined ? {} : { tier: tierName });
  const code = `async (event) => { await (await fetch(${JSON.stringify(gate.url)} + event)).text(); return event; }`;
  const { status, body } = await server.ask('PUT', `/v1/tenants/${tenant}/functions/f`, { code });
  expect([status, body.issues]).toEqual([201, undefined]);
}

const path = (tenant: string) => `/v1/tenants/${tenant}/functions/f/invocations`;
async function accept(server: ServerProcess, tenant: string, event: unknown): Promise<string> {
  const { status, body } = await server.ask('POST', path(tenant), JSON.stringify(event));
  expect(status).toBe(202);
  return body.id;
}
const find = async (server: ServerProcess, tenant: string, id: string) =>
  (await server.ask('GET', `${path(tenant)}/${id}`)).body;
const isDone = (server: ServerProcess, tenant: string, id: string) =>
  expect.poll(async () => (await find(server, tenant, id)).status).toBe('done');

it('a tenant that queues many does not keep those of others from being run, also after a restart', async () => {
  await using folder = await dataFolder();
  const gate = await new Gate().start();
  const quick = 'quick';
  await using before = await ServerProcess.startWith(folder.path, settings(gate, 8));
  let server: ServerProcess = before;
  for (const tenant of ['hog', 'other', 'third']) await make(server, gate, tenant);
  await server.ask('PUT', '/v1/tenants/other/functions/quick', { code: '() => "at once"' });
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    ids.push(...(await Promise.all([...Array(200)].map((_, j) => accept(server, 'hog', `${i * 200 + j}`)))));
  }
  await expect.poll(() => gate.asked.length).toBe(4);
  const runsOthers = async () => {
    const { body } = await server.ask('POST', `/v1/tenants/other/functions/${quick}/invocations`);
    await expect
      .poll(async () => (await server.ask('GET', `/v1/tenants/other/functions/${quick}/invocations/${body.id}`)).body)
      .toMatchObject({ status: 'done', result: 'at once' });
  };
  await runsOthers();
  // Also while a second one does the same.
  for (let i = 0; i < 20; i++) await accept(server, 'third', `third-${i}`);
  await expect.poll(() => gate.asked.filter((name) => name.startsWith('third')).length).toBeGreaterThan(0);
  await runsOthers();
  expect(gate.asked.length).toBeLessThan(8);
  await server.end('SIGKILL');
  gate.asked.length = 0;
  await using again = await ServerProcess.startWith(folder.path, settings(gate, 8));
  server = again;
  await expect.poll(() => gate.asked.length).toBeGreaterThan(3);
  await runsOthers();
  gate.open();
  for (const id of [ids[0], ids[300], ids[599]]) await isDone(server, 'hog', id as string);
  await expect.poll(() => new Set(gate.asked).size).toBe(620);
});

it('of one tenant they begin in the order in which they were accepted, however many there are', async () => {
  await using folder = await dataFolder();
  const gate = await new Gate().start();
  await using server = await ServerProcess.startWith(folder.path, settings(gate, 1));
  await make(server, gate, 'acme');
  const ids: string[] = [];
  for (let i = 0; i < 300; i++) ids.push(await accept(server, 'acme', `${i}`));
  gate.open();
  await isDone(server, 'acme', ids.at(-1) as string);
  expect(gate.asked).toEqual(ids.map((_, i) => `${i}`));
});

it('what waits for another attempt keeps nobody waiting', async () => {
  await using folder = await dataFolder();
  const gate = await new Gate().start();
  gate.open();
  const slow = { ...tier(gate), rate: { requests: 1, per: 3_600_000 } };
  await using server = await ServerProcess.startWith(folder.path, settings(gate, 2, { slow }));
  for (const tenant of ['one', 'two']) {
    await make(server, gate, tenant, 'slow');
    const [first, ...others] = await Promise.all([0, 1, 2, 3].map((i) => accept(server, tenant, `${i}`)));
    await expect
      .poll(
        async () =>
          (await Promise.all([first, ...others].map((id) => find(server, tenant, id as string)))).filter(
            ({ attempts }) => attempts > 0,
          ).length,
      )
      .toBe(4);
  }
  await make(server, gate, 'third');
  await isDone(server, 'third', await accept(server, 'third', 'x'));
});

it('an event and an answer are in no file; another key takes them over, a wrong one is said', async () => {
  await using folder = await dataFolder();
  const gate = await new Gate().start();
  const [first, second] = ['the-first-key-of-all', 'the-second-key-of-all'];
  const start = (key: string, previous = '') =>
    ServerProcess.startWith(folder.path, settings(gate, 4), {
      ...{ ISOLET_SERVER_KEY: key, ISOLET_SERVER_PREVIOUS_KEY: previous },
    });
  const secret = 'correct-horse-battery-staple';
  const isNowhere = async () => {
    for (const file of (await readdir(folder.path, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    )) {
      const bytes = await readFile(join(file.parentPath ?? file.path, file.name));
      expect([file.name, bytes.includes(secret)]).toEqual([file.name, false]);
    }
  };
  const ids: string[] = [];
  {
    await using server = await start(first);
    await make(server, gate, 'acme');
    gate.open();
    ids.push(await accept(server, 'acme', secret));
    await isDone(server, 'acme', ids[0] as string);
    gate.open(false);
    ids.push(await accept(server, 'acme', `${secret}-later`));
    await expect.poll(() => gate.asked.length).toBe(2);
    await isNowhere();
  }
  await isNowhere();
  await expect(start(second)).rejects.toThrow(/asynchronous invocations can't be opened with ISOLET_SERVER_KEY/);
  gate.open();
  for (const previous of [first, '']) {
    await using server = await start(second, previous);
    expect((await find(server, 'acme', ids[0] as string)).result).toBe(secret);
    await isDone(server, 'acme', ids[1] as string);
    expect((await find(server, 'acme', ids[1] as string)).result).toBe(`${secret}-later`);
    await server.end('SIGTERM');
  }
  await isNowhere();
});
