import { type PoolFunction, RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const make = usePools();

const grow = '() => { const kept = []; for (;;) kept.push(new Array(10000).fill(kept.length)); }';

test('errors name the options of a function and of the pool, not those of a runtime', async () => {
  const pool = make({}, { runtime: { maxTransferBytes: 10_000, maxTransferDepth: 5 } });
  const failed = (code: string, rest: Partial<PoolFunction> = {}) => failure(() => pool.invoke(fn(code, rest)));
  const memory = await failed(grow, { memoryMb: 6 });
  expect(memory).toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT', limit: 6 * 1024 * 1024, retryable: false });
  expect(memory.message).toMatch(
    /^acme:f reached its memory limit of 6 MiB \(.*\).* Raise 'memoryMb' if it needs more\.$/,
  );
  expect(memory.stack).toContain(memory.message);
  const loading = await failed(`(${grow})()`, { memoryMb: 6, name: 'g' });
  expect(loading.message).toMatch(/^acme:g reached its memory limit of 6 MiB .* 'memoryMb'/);
  expect((await failed('() => "x".repeat(20000)')).message).toMatch(/raise 'runtime\.maxTransferBytes' of the pool\.$/);
  expect((await failed('() => [[[[[[[[1]]]]]]]]')).message).toMatch(/raise 'runtime\.maxTransferDepth' of the pool\.$/);
  expect((await failed('() => { for (;;); }', { timeout: 30 })).message).toMatch(/Raise 'timeout' if/);
  const slow = await failed('(() => { for (;;); })()', { loadTimeout: 30 });
  expect(slow.message).toMatch(/Raise 'loadTimeout' if/);
  expect(slow.stack).toContain(slow.message);
  for (const error of [memory, loading, slow]) expect(error.message).not.toMatch(/maxHeapSize|new runtime/);
});

test('who lost a runtime to another version, or waited in vain, may try again; who asks too much may not', async () => {
  const { wait, open, waiting } = gate();
  const pool = make({ wait }, { maxRuntimes: 1, maxMemoryMb: 20 });
  const large = await failure(() => pool.invoke(fn('() => 1', { memoryMb: 30 })));
  expect(large).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 20, actual: 30, retryable: false });
  expect(large.message).toMatch(/30 MiB \(memoryMb\).* 20 MiB \(maxMemoryMb\)/);
  const lost = failure(() => pool.invoke(fn('async () => wait()')));
  await until(() => waiting() === 1, 'it runs');
  const late = await failure(() => pool.invoke(fn('() => 1', { name: 'g' }), null, { queueTimeout: 10 }));
  expect(late).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'queued', retryable: true });
  expect(late.message).toContain("'queueTimeout'");
  expect(late.stack).toContain(late.message);
  await pool.drain('acme:f', 1);
  const replaced = await lost;
  expect(replaced).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', retryable: true });
  expect(replaced.message).toMatch(/^The runtime of acme:f was ended \(.*\), and what ran in it\./);
  open();
});

test.each([
  ['maxRuntimes', { maxRuntimes: 0 }, /'maxRuntimes' must be a number of at least 1\. Received 0\./],
  ['stock', { stock: '2' }, /'stock' must be a number of at least 0\. Received type string \('2'\)\./],
])('a pool option that makes no sense is named with what was received: %s', async (option, options, message) => {
  const error = await failure(async () => new RuntimePool({}, options as never));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option, retryable: false });
  expect(error.message).toMatch(message);
});

test.each([
  ['timeout', { timeout: -1 }, /'timeout' must be a number from 1 to 2147483647\. Received -1\./],
  ['memoryMb', { memoryMb: '8' }, /'memoryMb' must be a number from 4 to \d+\. Received type string \('8'\)\./],
  ['maxHostCalls', { maxHostCalls: 1.5 }, /'maxHostCalls' must be a whole number of at least 0\. Received 1\.5\./],
])('so is a field of a function: %s', async (option, rest, message) => {
  const pool = make();
  const error = await failure(() => pool.invoke(fn('() => 1', rest as never)));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option });
  expect(error.message).toMatch(message);
});

test('what can’t cross is found in the event', async () => {
  const pool = make();
  const error = await failure(() => pool.invoke(fn('() => 1'), { list: [Symbol('x')] }));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', path: 'event.list[0]' });
  expect(error.message).toContain('(at event.list[0])');
});
