import { invocationOf } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();

const moody = `(() => { let n = 0; return async (event) => {
  n++;
  if (event === 'loop') for (;;);
  if (event === 'hang') await new Promise(() => {});
  if (event === 'spin') for (;;) await 0;
  if (event === 'eat') { const all = []; for (;;) all.push(new Array(1000).fill({})); }
  if (event === 'throw') throw new RangeError('too much');
  if (event === 'undefined') throw undefined;
  return n;
}; })()`;

test.each([
  ['loop', 'sync'],
  ['hang', 'pending'],
  ['spin', 'sync'],
])('after a timeout (%s) the next invocation gets a new runtime', async (event, phase) => {
  const pool = makePool();
  const seen = record(pool, 'coldStart', 'evict');
  const spec = fn(moody);
  expect(await pool.invoke(spec)).toBe(1);
  const error = await failure(() => pool.invoke(spec, event, { timeout: 100 }));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'wall', limit: 100 });
  expect(invocationOf(error)).toMatchObject({ outcome: 'timeout', limit: { name: 'timeout', value: 100 } });
  if (event !== 'spin') expect(error['phase']).toBe(phase);
  expect(invocationOf(error)?.limit?.observed).toBeGreaterThanOrEqual(99);
  expect(await pool.invoke(spec)).toBe(1);
  expect(seen).toEqual(['coldStart f', 'evict f timeout', 'coldStart f']);
});

test('processor time has a limit of its own', async () => {
  const pool = makePool();
  const error = await failure(() => pool.invoke(fn(moody, { cpuTimeout: 60 }), 'loop'));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'cpu', limit: 60 });
  const report = invocationOf(error);
  expect(report?.limit).toMatchObject({ name: 'cpuTimeout', value: 60 });
  expect(report?.cpuMs).toBeGreaterThan(40);
});

test('the smaller of all limits holds', async () => {
  const pool = makePool();
  const spec = fn(moody, { timeout: 80 });
  expect(await failure(() => pool.invoke(spec, 'hang', { timeout: 5000 }))).toMatchObject({ limit: 80 });
  expect(await failure(() => pool.invoke(spec, 'hang', { timeout: 30 }))).toMatchObject({ limit: 30 });
});

test('after the heap limit the next invocation gets a new runtime', async () => {
  const pool = makePool();
  const seen = record(pool, 'coldStart', 'evict', 'lost');
  const spec = fn(moody, { memoryMb: 8 });
  expect(await pool.invoke(spec)).toBe(1);
  const error = await failure(() => pool.invoke(spec, 'eat'));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT', limit: 8 * 1024 * 1024 });
  expect(invocationOf(error)?.limit).toMatchObject({ name: 'memoryMb', value: 8 * 1024 * 1024 });
  expect(await pool.invoke(spec)).toBe(1);
  expect(seen).toEqual(['coldStart f', 'evict f heapLimit', 'coldStart f']);
});

test('an error of the guest leaves the runtime in the pool', async () => {
  const pool = makePool();
  const spec = fn(moody);
  expect(await failure(() => pool.invoke(spec, 'throw'))).toMatchObject({
    code: 'ERR_ISOLET_JAVASCRIPT',
    name: 'RangeError',
    message: 'too much',
  });
  const outcome = await pool.invoke(spec, 'undefined').then(
    () => 'resolved',
    (error: unknown) => error,
  );
  expect(outcome).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT' });
  expect(await pool.invoke(spec)).toBe(3);
  expect(pool.stats().coldStarts).toBe(1);
});

test('errors name the function and the line of its source', async () => {
  const pool = makePool();
  const spec = fn('(event) => {\n  const x = 1;\n  throw new Error("here");\n}', { name: 'located' });
  const error = await failure(() => pool.invoke(spec));
  expect(error.stack).toContain('acme/located.js:3');
});

test('invocations that share a runtime with one that eats all memory are answered once, with an error', async () => {
  const { wait, waiting } = gate();
  const pool = makePool({ wait });
  const spec = fn(
    'async (event) => { if (event === 1) return wait(); const all = []; for (;;) all.push(new Array(1000).fill({})); }',
    {
      memoryMb: 8,
    },
  );
  let answers = 0;
  pool.on('invoke', () => answers++);
  const victim = failure(() => pool.invoke(spec, 1));
  await until(() => waiting() === 1, 'the first one waits');
  const eater = failure(() => pool.invoke(spec, 2));
  expect((await eater)['code']).toBe('ERR_ISOLET_HEAP_LIMIT');
  expect(['ERR_ISOLET_HEAP_LIMIT', 'ERR_ISOLET_TERMINATED']).toContain((await victim)['code']);
  expect(answers).toBe(2);
});

test('code that is not a function, does not parse or throws is the caller’s error', async () => {
  const pool = makePool();
  expect(await failure(() => pool.invoke(fn('42')))).toMatchObject({
    code: 'ERR_ISOLET_VALIDATION',
    issues: [{ message: expect.stringContaining('number') }],
  });
  expect(await failure(() => pool.invoke(fn('() => {')))).toMatchObject({ name: 'SyntaxError' });
  expect(await failure(() => pool.invoke(fn('(() => { throw new Error("no") })()')))).toMatchObject({ message: 'no' });
  await until(() => pool.stats().runtimes === 0, 'nothing is left');
  expect(pool.stats()).toMatchObject({ refused: 3, invocations: 0 });
});

test('loading has a time limit, and all who waited for it learn of it', async () => {
  const pool = makePool({}, { loadTimeout: 80 });
  const spec = fn('(() => { for (;;); })()');
  const errors = await Promise.all([1, 2, 3].map(() => failure(() => pool.invoke(spec))));
  expect(errors.map((error) => error['code'])).toEqual(Array(3).fill('ERR_ISOLET_TIMEOUT'));
  expect(pool.stats().coldStarts).toBe(1);
});

test('a value that can’t cross fails that invocation and no other', async () => {
  const pool = makePool();
  const spec = fn('(event) => event === 1 ? { a: new WeakMap() } : 2');
  expect(await failure(() => pool.invoke(spec, 1))).toMatchObject({ code: 'ERR_ISOLET_TRANSFER' });
  expect(await failure(() => pool.invoke(spec, Symbol('no')))).toMatchObject({ code: 'ERR_ISOLET_TRANSFER' });
  expect(await pool.invoke(spec, 2)).toBe(2);
  expect(pool.stats().coldStarts).toBe(1);
});

test('an invocation that is lost with another is told so, and answered once', async () => {
  let open = () => {};
  let waiting = 0;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const pool = makePool({
    wait: () => {
      waiting++;
      return gate;
    },
  });
  const lost: unknown[] = [];
  pool.on('lost', ({ reason }) => lost.push(reason));
  const spec = fn(
    'async (event) => { await (globalThis.gate ??= wait()); if (event === "loop") for (;;); await 0; return event; }',
    { timeout: 20_000 },
  );
  const looping = failure(() => pool.invoke(spec, 'loop', { timeout: 250 }));
  await until(() => waiting === 1, 'the first to wait');
  const victim = failure(() => pool.invoke(spec, 'victim'));
  await new Promise((resolve) => setTimeout(resolve, 30));
  open();
  expect(await looping).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
  const error = await victim;
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'call dropped' });
  expect(invocationOf(error)).toMatchObject({ outcome: 'terminated' });
  expect(lost).toEqual(['call dropped']);
  expect(pool.stats()).toMatchObject({ active: 0, invocations: 2 });
});
