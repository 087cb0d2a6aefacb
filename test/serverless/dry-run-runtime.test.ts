import { expect, test } from 'vitest';
import { until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

const endings = {
  'is stopped in what it left behind': 'Promise.resolve().then(() => wait()).then(() => { for (;;); });',
  'outgrows its memory in what it left behind':
    'wait().then(() => { const all = []; for (;;) all.push(new Array(1000).fill(0.5)); });',
  'hands out a function': '',
};

test.each(Object.entries(endings))('the runtime of a dry run that %s is none of the pool’s', async (_, left) => {
  const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
  const held: unknown[] = [];
  const serverless = make({ wait, hold: (fn: unknown) => void held.push(fn) }, { pool: { idleTtl: 10, stock: 0 } });
  let evicted = 0;
  serverless.on('evict', () => evicted++);
  const code = `(event, { waitUntil }) => {
    if (!event) return;
    hold(() => 1);
    waitUntil((async () => { for (let i = 0; i < 300; i++) await wait(); })());
    ${left}
    return { fn: () => 1 };
  }`;
  await serverless.deploy(spec(code, { dryRun: { event: true }, timeout: 100, lateTimeout: 2000 }));
  held.splice(0).forEach((fn) => {
    (fn as { release(): void }).release();
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(evicted).toBe(0);
  expect(serverless.stats().pool).toMatchObject({ runtimes: 0, idle: 0, reservedMb: 0 });
  await serverless.invoke('acme', 'f');
  await until(() => serverless.stats().pool.runtimes === 0, 'the runtime of the pool has gone');
  expect(evicted).toBe(1);
});
