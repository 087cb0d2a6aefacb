import { expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const MIB = 1024 * 1024;

it('results that wait for the host are bounded: what is too much fails, the rest arrives', async () => {
  const runtime = make({ maxHeapSize: 32 * MIB });
  const open = runtime.eval<() => void>(
    'let open; globalThis.gate = new Promise((resolve) => { open = resolve; }); open',
  );
  const calls = Array.from({ length: 30 }, (_, i) =>
    runtime.evalAsync<string>(`gate.then(() => 'x'.repeat(8e6) + ${i})`).then(
      (text) => text.length,
      (error) => error.code,
    ),
  );
  await runtime.evalAsync('1');
  open();
  const answers = await Promise.all(calls);
  const arrived = answers.filter((answer) => typeof answer === 'number');
  expect(arrived.length).toBeGreaterThanOrEqual(3);
  expect(answers.filter((answer) => typeof answer !== 'number')).toEqual(
    Array(30 - arrived.length).fill('ERR_ISOLET_CAPACITY'),
  );
  expect(await runtime.evalAsync('1 + 1')).toBe(2);
});

it('so are promises of the guest that settle', async () => {
  const runtime = make({ maxHeapSize: 32 * MIB });
  const { all } = await runtime.evalAsync<{ all: Promise<string>[] }>(
    `const text = 'x'.repeat(8e6);
    const gate = new Promise((resolve) => { globalThis.open = resolve; });
    ({ all: Array.from({ length: 60 }, () => gate.then(() => text)) })`,
  );
  // The host waits here, and takes nothing meanwhile.
  runtime.eval('open()');
  const answers = await Promise.allSettled(all);
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 32 * MIB });
  expect(await runtime.evalAsync('1 + 1')).toBe(2);
});

it('one result by itself has its own limit', async () => {
  const runtime = make({ maxHeapSize: 8 * MIB });
  expect(await runtime.evalAsync("'x'.repeat(9e6).length")).toBe(9e6);
  expect((await failure(() => runtime.evalAsync("'x'.repeat(2e7)"))).message).toContain('maxTransferBytes');
});

it('settled promises look for a stop', async () => {
  const runtime = make({ maxHeapSize: 32 * MIB, timeout: 100 });
  runtime.bindFunction('take', () => undefined);
  const error = await failure(() =>
    runtime.evalAsync(`
      const resolvers = [];
      take(Array.from({ length: 2000 }, () => new Promise((resolve) => resolvers.push(resolve))));
      const text = 'x'.repeat(9e6);
      for (const resolve of resolvers) resolve(text);
      new Promise(() => {})`),
  );
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
  expect(await runtime.evalAsync('1 + 1', { timeout: 20_000 })).toBe(2);
});
