import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminToken } from '../server-process.ts';
import { Administration } from './administration.ts';

interface Line {
  readonly id: number;
  readonly level: string;
  readonly message: string;
  readonly function: string;
  readonly invocation: string | null;
}

let admin: Administration;
const logs = '/tenants/acme/functions/talk/logs';

beforeAll(async () => {
  admin = await Administration.start();
  await admin.done('PUT', '/tenants/acme', {});
  const code = `(lines) => {
    for (const [level, text] of lines) console[level](text);
    if (lines.length === 0) throw new RangeError("nothing to say");
  }`;
  for (const name of ['talk', 'other']) await admin.done('PUT', `/tenants/acme/functions/${name}`, { code });
});
afterAll(() => admin[Symbol.asyncDispose]());

const talk = (lines: [level: string, text: string][], name = 'talk') =>
  admin.ask('POST', `/tenants/acme/functions/${name}/invoke`, lines);

const read = async (query = '', path = logs): Promise<Line[]> => (await admin.done('GET', `${path}${query}`)).lines;
const said = (lines: readonly Line[]) => lines.map(({ message }) => message);

/** Reads events until there are enough; `close` ends it. */
async function follow(query: string, lastId?: number) {
  const gone = new AbortController();
  const headers = {
    authorization: `Bearer ${adminToken}`,
    ...(lastId !== undefined && { 'last-event-id': String(lastId) }),
  };
  const response = await fetch(`${admin.server.url}/v1${logs}?follow=true${query}`, { headers, signal: gone.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: { id: string | undefined; event: string | undefined; data: string }[] = [];
  let begun = false;
  const parser = createParser({
    onEvent: ({ id, event, data }) => events.push({ id, event, data }),
    onComment: () => {
      begun = true;
    },
  });
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  })().catch(() => {});
  await expect.poll(() => begun).toBe(true);
  const messages = () => events.filter(({ event }) => event === 'log').map(({ data }) => JSON.parse(data).message);
  const close = async () => {
    gone.abort();
    await reading;
  };
  return { events, messages, close, ended: reading };
}

it('lines are found by function, level, text, invocation and time, newest or oldest first', async () => {
  const before = Date.now();
  const first = await talk([
    ['debug', 'one'],
    ['log', 'two apples'],
    ['warn', 'three'],
  ]);
  await talk([['error', 'four apples']]);
  await talk([['log', 'elsewhere']], 'other');
  expect(said(await read())).toEqual(['four apples', 'three', 'two apples', 'one']);
  expect(said(await read('?order=oldest'))).toEqual(['one', 'two apples', 'three', 'four apples']);
  expect(said(await read('?level=warn'))).toEqual(['four apples', 'three']);
  expect(said(await read('?text=apples'))).toEqual(['four apples', 'two apples']);
  const id = first.headers.get('isolet-invocation');
  expect(said(await read(`?invocation=${id}`))).toEqual(['three', 'two apples', 'one']);
  expect(said(await read('', '/tenants/acme/logs'))).toContain('elsewhere');
  expect(said(await read('?function=other', '/tenants/acme/logs'))).toEqual(['elsewhere']);
  expect(await read(`?since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
  expect(await read(`?until=${before - 60_000}`)).toEqual([]);
});

it('a page ends where the next one begins', async () => {
  await talk(Array.from({ length: 25 }, (_, i) => ['log', `page ${i}`]));
  for (const order of ['newest', 'oldest']) {
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { lines, next } = await admin.done('GET', `${logs}?text=page&limit=10&order=${order}${cursor}`);
      seen.push(...said(lines));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    const all = Array.from({ length: 25 }, (_, i) => `page ${i}`);
    expect(seen).toEqual(order === 'oldest' ? all : all.reverse());
  }
});

it('a failure is a line of its invocation, with the place in the code', async () => {
  const { body } = await talk([]);
  const [line] = await read('?level=error&limit=1');
  expect(line).toMatchObject({ level: 'error', invocation: body.invocationId });
  expect(line?.message).toMatch(/RangeError: nothing to say\n.*talk\.js:3/s);
});

it('who follows gets lines as they come, those that fit, and none twice', async () => {
  const all = await follow('');
  const some = await follow('&level=warn');
  await talk([
    ['log', 'live 1'],
    ['warn', 'live 2'],
  ]);
  await expect.poll(all.messages).toEqual(['live 1', 'live 2']);
  await talk([['error', 'live 3']]);
  await expect.poll(some.messages).toEqual(['live 2', 'live 3']);
  await expect.poll(all.messages).toEqual(['live 1', 'live 2', 'live 3']);
  await Promise.all([all.close(), some.close()]);
});

it('who comes back with the id of the last line misses nothing', async () => {
  const first = await follow('');
  await talk([['log', 'before']]);
  await expect.poll(first.messages).toEqual(['before']);
  await first.close();
  await talk([['log', 'meanwhile']]);
  const again = await follow('', Number(first.events.at(-1)?.id));
  await talk([['log', 'after']]);
  await expect.poll(again.messages).toEqual(['meanwhile', 'after']);
  await again.close();
});

it('who is too far behind is told how much was left out', async () => {
  const [{ id } = { id: 0 }] = await read('?limit=1');
  for (let i = 0; i < 22; i++) await talk(Array.from({ length: 1000 }, (_, j) => ['log', `${i}.${j}`]));
  const late = await follow('', id);
  await expect.poll(() => late.messages().length).toBe(100);
  expect(late.events[0]).toMatchObject({ event: 'skipped', data: JSON.stringify({ lines: 21_900 }) });
  expect(late.messages().at(-1)).toBe('21.999');
  await late.close();
});

it('followers are let go when the server stops, which waits for nobody who only listens', async () => {
  const follower = await follow('');
  const began = performance.now();
  expect(await admin.server.end('SIGTERM')).toBe(0);
  await follower.ended;
  // The time that requests get to finish is 20 s.
  expect(performance.now() - began).toBeLessThan(19_000);
});
