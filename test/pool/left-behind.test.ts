import type { LateReport } from 'isolet';
import { expect, test } from 'vitest';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();

/** How long a busy machine may take. */
const soon = { timeout: 20_000 };

test('what an invocation left behind may outgrow the memory: that is a line, and the runtime goes at once', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const lines: object[] = [];
  pool.on('log', (line) => lines.push(line));
  const seen = record(pool, 'evict');
  await pool.invoke(
    fn('() => { wait().then(() => { const all = []; for (;;) all.push(new Array(1000).fill(0.5)); }); }'),
  );
  await expect.poll(waiting, soon).toBe(1);
  open();
  await expect.poll(() => seen, soon).toEqual(['evict f heapLimit']);
  expect(lines).toMatchObject([{ level: 'error', late: true, message: expect.stringContaining('heap limit') }]);
  await expect.poll(() => pool.stats().runtimes, soon).toBe(0);
});

test('the error of late work that took too long names the limit of late work', async () => {
  const pool = makePool();
  const reports: LateReport[] = [];
  pool.on('late', (report) => reports.push(report));
  await pool.invoke(fn('(event, { waitUntil }) => { waitUntil(new Promise(() => {})); }', { lateTimeout: 50 }));
  await expect.poll(() => reports.length, soon).toBeGreaterThan(0);
  const error = { kind: 'wall', limit: 50, message: expect.stringContaining("'lateTimeout'") };
  expect(reports[0]).toMatchObject({ limit: { name: 'lateTimeout', value: 50 }, error });
});
