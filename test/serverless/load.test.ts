import { getProcessStats } from 'isolet';
import { expect, test } from 'vitest';
import { auditUsage, runLoad } from '../load/load.ts';

test('under mixed load every accepted invocation is answered once and the books add up', async () => {
  const before = getProcessStats().liveIsolates;
  const result = await runLoad({
    durationMs: 3000,
    atLeast: { answers: 100, redeployed: 4 },
    tenants: 4,
    functionsPerTenant: 20,
    clients: 20,
  });
  expect(result.problems).toEqual([]);
  expect(auditUsage(result)).toEqual([]);
  expect(result.refused).toEqual({});
  await result.serverless.cleanup();
  expect(getProcessStats().liveIsolates).toBe(before);
});
