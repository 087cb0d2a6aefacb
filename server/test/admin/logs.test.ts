import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServerProcess } from '../server-process.ts';
import { Administration } from './administration.ts';
import { EventStream } from './event-stream.ts';

let admin: Administration;

const code = `(event) => {
  if (event.count) for (let i = 0; i < event.count; i++) console.log("line", event.from + i);
  for (const level of event.levels ?? []) console[level]("as", level);
  if (event.fail) throw new TypeError("as asked");
}`;

beforeAll(async () => {
  admin = await Administration.start();
  for (const tenant of ['acme', 'other']) {
    await admin.done('PUT', `/tenants/${tenant}`, {});
    for (const name of ['f', 'g']) await admin.done('PUT', `/tenants/${tenant}/functions/${name}`, { code });
  }
});
afterAll(() => admin[Symbol.asyncDispose]());

type Line = { id: number; time: string; function: string; message: string; level: string; invocation: string | null };

const invoke = (name: string, event: object, tenant = 'acme') =>
  admin.ask('POST', `/tenants/${tenant}/functions/${name}/invoke`, event);
const read = async (path: string): Promise<Line[]> => (await admin.done('GET', `/tenants/acme${path}`)).lines;
const messages = async (path: string) => (await read(path)).map(({ message }) => message);

it('what functions write is there when they have answered, newest first, each line with where it came from', async () => {
  await invoke('f', { levels: ['debug', 'info', 'log', 'warn', 'error'] });
  const lines = await read('/functions/f/logs');
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['error', 'as error'],
    ['warn', 'as warn'],
    ['info', 'as log'],
    ['info', 'as info'],
    ['debug', 'as debug'],
  ]);
  expect(await messages('/functions/f/logs?order=oldest')).toEqual(lines.map(({ message }) => message).reverse());
  const { version } = await admin.done('GET', '/tenants/acme/functions/f');
  for (const line of lines) expect(line).toMatchObject({ tenant: 'acme', function: 'f', version });
  expect(new Set(lines.map(({ invocation }) => invocation)).size).toBe(1);
});

it('how an invocation failed is a line of it', async () => {
  const failed = await invoke('g', { fail: true });
  const [line] = await read('/functions/g/logs?limit=1');
  expect(line).toMatchObject({ level: 'error', invocation: failed.body.invocationId });
  expect(line?.message).toMatch(/^TypeError: as asked\n +at /);
});

it('filters hold together: level, text, invocation, function, time', async () => {
  await invoke('f', { count: 3, from: 70, levels: ['warn'] });
  expect(await messages('/functions/f/logs?text=line%207')).toEqual(['line 72', 'line 71', 'line 70']);
  const [warning] = await read('/functions/f/logs?level=warn&limit=1');
  expect(warning).toMatchObject({ level: 'warn', message: 'as warn' });
  const own = `invocation=${warning?.invocation}`;
  expect(await messages(`/functions/f/logs?${own}`)).toEqual(['as warn', 'line 72', 'line 71', 'line 70']);
  expect(await messages(`/logs?${own}&text=71`)).toEqual(['line 71']);
  expect(await messages(`/logs?${own}&function=g`)).toEqual([]);
  expect((await read('/logs')).map((line) => line.function)).toEqual(expect.arrayContaining(['f', 'g']));
  const all = await read('/logs?order=oldest');
  const since = all[4]?.time as string;
  expect(await read(`/logs?order=oldest&since=${since}`)).toEqual(all.filter(({ time }) => time >= since));
  expect(await read(`/logs?order=oldest&until=${Date.parse(since)}`)).toEqual(all.filter(({ time }) => time <= since));
  expect(await read(`/logs?since=${Date.now() + 60_000}`)).toEqual([]);
});

it('pages miss nothing and repeat nothing in either direction, also where a filter finds little', async () => {
  await invoke('g', { count: 120, from: 1000 });
  await invoke('f', { count: 5, from: 5000 });
  const walk = async (query: string) => {
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: { lines: Line[]; next: string | null } = await admin.done(
        'GET',
        `/tenants/acme/logs?limit=7&${query}${next && `&cursor=${next}`}`,
      );
      expect(page.lines.length).toBeLessThanOrEqual(7);
      seen.push(...page.lines.map(({ message }) => message));
      next = page.next;
    }
    return seen;
  };
  const wanted = Array.from({ length: 120 }, (_, i) => `line ${1000 + i}`);
  expect(await walk('text=line%201&function=g&order=oldest')).toEqual(wanted);
  expect(await walk('text=line%201&function=g')).toEqual([...wanted].reverse());
  expect(await walk('text=line%205')).toEqual([4, 3, 2, 1, 0].map((i) => `line ${5000 + i}`));
});

it('who follows gets what comes from then on, by the same filters, and of nobody else', async () => {
  await using all = await EventStream.open(admin.server, '/tenants/acme/logs?follow=true');
  await using few = await EventStream.open(admin.server, '/tenants/acme/functions/f/logs?follow=true&level=warn');
  await invoke('f', { count: 1, from: 1 }, 'other');
  await invoke('g', { count: 1, from: 2, levels: ['error'] });
  await invoke('f', { count: 1, from: 3, levels: ['error'] });
  await expect.poll(() => all.messages).toEqual(['line 2', 'as error', 'line 3', 'as error']);
  await expect.poll(() => few.messages).toEqual(['as error']);
  expect(all.lines.map(({ id }) => id)).toEqual(all.events.map(({ id }) => Number(id)));
});

it('who comes back with the id of the last line has missed nothing', async () => {
  let last: string | undefined;
  {
    await using stream = await EventStream.open(admin.server, '/tenants/acme/functions/f/logs?follow=true');
    await invoke('f', { count: 2, from: 10 });
    await expect.poll(() => stream.messages).toEqual(['line 10', 'line 11']);
    last = stream.events[0]?.id;
  }
  await invoke('f', { count: 1, from: 12 });
  const headers = { 'last-event-id': last as string };
  await using again = await EventStream.open(admin.server, '/tenants/acme/functions/f/logs?follow=true', headers);
  await expect.poll(() => again.messages).toEqual(['line 11', 'line 12']);
  await invoke('f', { count: 1, from: 13 });
  await expect.poll(() => again.messages).toEqual(['line 11', 'line 12', 'line 13']);
});

it('who is far behind is told how many lines were left out', async () => {
  const { token } = await admin.token({ scope: 'read', tenant: 'acme' });
  const first = (await read('/functions/g/logs?order=oldest&limit=1'))[0]?.id as number;
  for (let i = 0; i < 25; i++) await invoke('g', { count: 900, from: i * 900 });
  const headers = { authorization: `Bearer ${token}`, 'last-event-id': String(first) };
  await using stream = await EventStream.open(admin.server, '/tenants/acme/functions/g/logs?follow=true', headers);
  await expect.poll(() => stream.messages.at(-1)).toBe(`line ${25 * 900 - 1}`);
  const { event, data } = stream.events[0] as { event: string; data: string };
  const lines = (await admin.server.ask('GET', '/v1/tenants/acme/functions/g/logs?limit=1')).body.lines[0].id;
  expect(event).toBe('skipped');
  expect(JSON.parse(data).lines).toBeGreaterThan(20_000);
  expect(stream.lines.at(-1)?.id).toBe(lines);
});

it('a follower whose token is revoked gets no line any more, and is let go', async () => {
  const { id, token } = await admin.token({ scope: 'read', tenant: 'acme' });
  const headers = { authorization: `Bearer ${token}` };
  await using stream = await EventStream.open(admin.server, '/tenants/acme/logs?follow=true', headers);
  await admin.done('DELETE', `/tokens/${id}`);
  await invoke('f', { count: 1, from: 99 });
  await stream.ended;
  expect(stream.messages).toEqual([]);
});

it('a follower of a tenant that goes is let go', async () => {
  await admin.done('PUT', '/tenants/brief', {});
  await using stream = await EventStream.open(admin.server, '/tenants/brief/logs?follow=true');
  await admin.done('DELETE', '/tenants/brief');
  await stream.ended;
});

it('lines stay when the function goes, and go with the tenant', async () => {
  await admin.done('PUT', '/tenants/brief', {});
  await admin.done('PUT', '/tenants/brief/functions/f', { code });
  await invoke('f', { count: 1, from: 1 }, 'brief');
  await admin.done('DELETE', '/tenants/brief/functions/f');
  expect((await admin.done('GET', '/tenants/brief/functions/f/logs')).lines).toHaveLength(1);
  await admin.done('DELETE', '/tenants/brief');
  await admin.done('PUT', '/tenants/brief', {});
  expect((await admin.done('GET', '/tenants/brief/logs')).lines).toEqual([]);
});

it('a stop lets followers go and keeps what was written; what is older than the retention goes', async () => {
  await using stream = await EventStream.open(admin.server, '/tenants/acme/logs?follow=true');
  await invoke('f', { count: 1, from: 777 });
  expect(await admin.server.end('SIGTERM')).toBe(0);
  await stream.ended;
  {
    await using again = await ServerProcess.start(admin.folder);
    const { body } = await again.ask('GET', '/v1/tenants/acme/functions/f/logs?limit=1');
    expect(body.lines[0].message).toBe('line 777');
  }
  await using tidy = await ServerProcess.startWith(admin.folder, { retention: { logs: 1 } });
  const left = async () => (await tidy.ask('GET', '/v1/tenants/acme/logs?limit=1')).body.lines;
  await expect.poll(left).toEqual([]);
  expect((await tidy.ask('GET', '/v1/tenants/acme/usage')).body.stored.logBytes).toBe(0);
  await tidy.ask('POST', '/v1/tenants/acme/functions/f/invoke', { count: 1, from: 1 });
  expect(await left()).toHaveLength(1);
});
