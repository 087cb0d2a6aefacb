import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

test('Blobs of the host that a guest forgets are let go, however little the guest has of its own', async () => {
  const runtime = runtimes.make({ web: true });
  runtime.bindFunction('make', () => new Blob([new Uint8Array(1_000_000)]));
  const held = () => process.memoryUsage().arrayBuffers;
  const before = held();
  for (let i = 0; i < 300; i++) expect(runtime.eval('make().size')).toBe(1_000_000);
  for (let round = 0; round < 20 && held() - before > 150_000_000; round++) {
    globalThis.gc?.();
    await setTimeout(20);
  }
  expect(held() - before).toBeLessThan(150_000_000);
});
