import { expect, test } from 'vitest';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();

test('an event is what it was when the invocation was asked for, also if it waits for a cold start', async () => {
  const pool = makePool();
  const buffer = new Uint8Array([1, 2, 3]);
  const event = {
    n: 1,
    list: [1, { deep: 'before' }, ,],
    map: new Map<unknown, unknown>([['k', { v: 'before' }]]),
    set: new Set<unknown>(['before']),
    date: new Date(5),
    bytes: buffer,
    same: buffer.buffer,
    text: Buffer.from('before'),
    error: Object.assign(new TypeError('before'), { code: 'E_BEFORE' }),
    missing: undefined,
    none: Object.assign(Object.create(null), { x: 'before' }),
  };
  const code = `(e) => ({ ...e, shared: e.bytes.buffer === e.same, hole: 2 in e.list, length: e.list.length,
    type: e.error.name + ' ' + e.error.code, proto: Object.getPrototypeOf(e.none) === null })`;
  const answer = pool.invoke(fn(code), event);
  event.n = 2;
  (event.list[1] as { deep: string }).deep = 'after';
  event.list.push(4);
  (event.map.get('k') as { v: string }).v = 'after';
  event.set.add('after');
  event.date.setTime(9);
  buffer[0] = 9;
  event.text.write('after!');
  event.error.code = 'E_AFTER';
  event.none.x = 'after';
  expect(await answer).toMatchObject({
    n: 1,
    list: [1, { deep: 'before' }, undefined],
    map: new Map([['k', { v: 'before' }]]),
    set: new Set(['before']),
    date: new Date(5),
    bytes: new Uint8Array([1, 2, 3]),
    text: new Uint8Array(Buffer.from('before')),
    shared: true,
    hole: false,
    length: 3,
    type: 'TypeError E_BEFORE',
    proto: true,
    none: { x: 'before' },
  });
});

test('what crosses as itself still does after a wait: functions, promises, cycles', async () => {
  const pool = makePool();
  const event: Record<string, unknown> = { double: (n: number) => n * 2, later: Promise.resolve('later') };
  event['self'] = event;
  const answer = pool.invoke(fn('async (e) => [await e.double(4), await e.later, e.self === e]'), event);
  expect(await answer).toEqual([8, 'later', true]);
});

test.each([
  ['a WeakMap', () => ({ a: new WeakMap() }), /WeakMap/],
  ['a Proxy', () => ({ a: new Proxy({}, {}) }), /Proxy/],
  ['a symbol', () => ({ a: Symbol('x') }), /symbol/],
  [
    'a getter that throws',
    () =>
      Object.defineProperty({}, 'a', {
        enumerable: true,
        get: () => {
          throw new Error('from the getter');
        },
      }),
    /from the getter/,
  ],
  [
    'too many levels',
    () => {
      let deep: unknown = 1;
      for (let i = 0; i < 5000; i++) deep = [deep];
      return deep;
    },
    /deep/,
  ],
])('%s in an event is refused after a wait as it is without one', async (_name, event, message) => {
  const pool = makePool();
  const spec = fn('(e) => 1');
  await expect(pool.invoke(spec, event())).rejects.toThrow(message);
  await expect(pool.invoke(spec, event())).rejects.toThrow(message);
});

test('an invocation that waits in line has its event too', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const spec = fn('async (e) => (await wait(), e.n)', { concurrency: 1 });
  const event = { n: 1 };
  const first = pool.invoke(spec, event);
  event.n = 2;
  const second = pool.invoke(spec, event);
  event.n = 3;
  await expect.poll(waiting).toBe(1);
  open();
  expect(await first).toBe(1);
  await expect.poll(waiting).toBe(1);
  open();
  expect(await second).toBe(2);
});

test('a specification is read at every invocation: what changed in it is another version', async () => {
  const pool = makePool();
  const env: Record<string, string> = { CITY: 'Bern' };
  const secrets: Record<string, string> = {};
  const apis: string[] = [];
  const spec = fn('(e, c) => [c.env.CITY, c.env.KEY, c.remainingTime() <= 1000]', { env, secrets, apis });
  expect(await pool.invoke(spec)).toEqual(['Bern', undefined, false]);
  env['CITY'] = 'Basel';
  expect(await pool.invoke(spec)).toEqual(['Basel', undefined, false]);
  secrets['KEY'] = 'sesame';
  expect(await pool.invoke(spec)).toEqual(['Basel', 'sesame', false]);
  spec.timeout = 1000;
  expect(await pool.invoke(spec)).toEqual(['Basel', 'sesame', true]);
  delete env['CITY'];
  expect(await pool.invoke(spec)).toEqual([undefined, 'sesame', true]);
  spec.env = { CITY: 'Chur' };
  expect(await pool.invoke(spec)).toEqual(['Chur', 'sesame', true]);
  expect(pool.stats().coldStarts).toBe(6);
  await pool.invoke(spec);
  expect(pool.stats().coldStarts).toBe(6);
});

test('a version that is given by name and has other content now gets new runtimes', async () => {
  const pool = makePool();
  const spec = fn('(e, c) => c.env.CITY', { version: 'v1', env: { CITY: 'Bern' } });
  expect(await pool.invoke(spec)).toBe('Bern');
  spec.env = { CITY: 'Basel' };
  expect(await pool.invoke(spec)).toBe('Basel');
  expect(await pool.invoke(fn('(e, c) => c.env.CITY', { version: 'v1', env: { CITY: 'Basel' } }))).toBe('Basel');
  expect(pool.stats().coldStarts).toBe(2);
});
