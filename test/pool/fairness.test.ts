import { availableParallelism } from 'node:os';
import type { PoolFunction, RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();

/** Threads that one tenant may keep busy while there are others. */
const limit = Math.max(1, availableParallelism() - 1);
const names = Array.from({ length: limit + 2 }, (_, i) => `f${i}`);

/** An API with which a guest says that it computes, and computes until it is told to stop. */
function spinning() {
  const begun: string[] = [];
  let stopped = false;
  return {
    begun,
    api: { begin: (name: string) => void begun.push(name), stopped: () => stopped },
    stop: () => {
      stopped = true;
    },
  };
}

const quiet = fn('() => "quiet"', { tenantId: 'quiet' });
const evil = (name: string, code: string, rest = {}) => fn(code, { tenantId: 'evil', name, timeout: 20_000, ...rest });
const spin = (name: string) => `begin("${name}"); while (!stopped()) for (let i = 0; i < 3e7; i++);`;

/** The quiet tenant is served again and again while the other has as much as it may have. */
async function expectQuietIsServed(pool: RuntimePool, begun: readonly string[]): Promise<void> {
  await until(() => begun.length >= limit, 'what may compute does');
  for (let i = 0; i < 20; i++) {
    expect(await pool.invoke(quiet)).toBe('quiet');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(begun).toHaveLength(limit);
}

test('functions that were never seen count as computing', async () => {
  const { begun, api, stop } = spinning();
  const pool = makePool(api);
  await pool.invoke(quiet);
  const flood = names.map((name) => pool.invoke(evil(name, `() => { ${spin(name)} return "${name}"; }`)));
  await expectQuietIsServed(pool, begun);
  stop();
  expect(await Promise.all(flood)).toEqual(names);
});

test('evaluating the source counts, also before a deployment and when runtimes are made ahead', async () => {
  for (const how of ['invoke', 'prewarm'] as const) {
    const { begun, api, stop } = spinning();
    const pool = makePool(api, { loadTimeout: 20_000 });
    await pool.invoke(quiet);
    const code = (name: string) => `(() => { ${spin(name)} return () => "${name}"; })()`;
    const flood = names.map((name): Promise<unknown> => pool[how](evil(name, code(name))));
    await expectQuietIsServed(pool, begun);
    stop();
    await Promise.all(flood);
    expect(begun).toHaveLength(names.length);
  }
});

test('what a function has shown stays with it when its runtime goes', async () => {
  const { begun, api, stop } = spinning();
  const { wait, open, waiting } = gate();
  const pool = makePool({ ...api, wait });
  await pool.invoke(quiet);
  const specs = names.map((name) =>
    evil(name, `async (mode) => { if (mode === 'wait') return wait(); ${spin(name)} return "${name}"; }`),
  );
  // Harmless so far.
  const harmless = specs.map((spec) => pool.invoke(spec, 'wait'));
  await until(() => waiting() === specs.length, 'all wait');
  open();
  await Promise.all(harmless);
  for (const spec of specs) {
    expect(await failure(() => pool.invoke(spec, 'spin', { timeout: 30 }))).toMatchObject({
      code: 'ERR_ISOLET_TIMEOUT',
    });
  }
  await until(() => pool.stats().runtimes === 1, 'their runtimes are gone');
  begun.splice(0);
  const flood = specs.map((spec) => pool.invoke(spec, 'spin'));
  await expectQuietIsServed(pool, begun);
  stop();
  expect(await Promise.all(flood)).toEqual(names);
});

test('functions that were never seen and wait do not hold each other up', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  await pool.invoke(quiet);
  const many = Array.from({ length: 20 }, (_, i) => evil(`f${i}`, 'async () => wait()'));
  const all = many.map((spec) => pool.invoke(spec));
  await until(() => waiting() === many.length, 'all of them wait');
  open();
  expect(new Set(await Promise.all(all))).toEqual(new Set(['open']));
});

test('what waits does not hold up what computes, nor the other way round', async () => {
  const { begun, api, stop } = spinning();
  const { wait, open, waiting } = gate();
  const pool = makePool({ ...api, wait });
  await pool.invoke(quiet);
  const waiter = evil('waiter', 'async () => wait()');
  const first = pool.invoke(waiter);
  await until(() => waiting() === 1, 'it waits');
  await new Promise((resolve) => setTimeout(resolve, 200));
  open();
  await first;
  const polls = [pool.invoke(waiter), pool.invoke(waiter)];
  await until(() => waiting() === 2, 'both wait');
  const flood = names.map((name) => pool.invoke(evil(name, `() => { ${spin(name)} return "${name}"; }`)));
  await until(() => begun.length === limit, 'what may compute does');
  polls.push(pool.invoke(waiter));
  await until(() => waiting() === 3, 'another one waits');
  open();
  await Promise.all(polls);
  stop();
  await Promise.all(flood);
});

test('what a function computes after its answer counts as well', async () => {
  const { begun, api, stop } = spinning();
  const wait = () => new Promise((resolve) => setTimeout(resolve, 10));
  const pool = makePool({ ...api, wait }, { runtime: { streams: true } });
  await pool.invoke(quiet);
  const specs = names.map((name) =>
    evil(
      name,
      `async (event) => {
      await wait();
      return new ReadableStream({
        pull(controller) {
          if (event === 'short') for (const end = Date.now() + 300; Date.now() < end; );
          else { ${spin(name)} }
          controller.close();
        },
      });
    }`,
    ),
  );
  const read = async (event: string, spec: PoolFunction) => {
    const stream = await pool.invoke<ReadableStream>(spec, event);
    for await (const _ of stream);
  };
  for (const spec of specs) await read('short', spec);
  await until(() => pool.stats().active === 0, 'what was handed out has ended');
  const flood = specs.map((spec) => read('long', spec));
  await expectQuietIsServed(pool, begun);
  stop();
  await Promise.all(flood);
});

test('a tenant that is alone may use every thread', async () => {
  const { begun, api, stop } = spinning();
  const pool = makePool(api);
  const flood = names.map((name) => pool.invoke(evil(name, `() => { ${spin(name)} return "${name}"; }`)));
  await until(() => begun.length > limit || availableParallelism() === 1, 'all threads compute');
  stop();
  expect(await Promise.all(flood)).toEqual(names);
});
