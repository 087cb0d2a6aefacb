import { Runtime, runSandboxed } from 'isolet';
import { expect, test } from 'vitest';

test('a runtime works in this pool', async () => {
  const runtime = new Runtime({ timeout: 5000 });
  runtime.bindFunction('twice', (n) => n * 2);
  expect(runtime.eval('twice(21)')).toBe(42);
  expect(await runSandboxed('throw new TypeError("x")')).toMatchObject({ ok: false, error: { kind: 'javascript' } });
  await runtime.closeAsync();
});
