import { expect, test } from 'vitest';
import { emitted } from './sources/emitted.ts';
import { expressions } from './sources/expressions.ts';
import { modules } from './sources/modules.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const sources = [...expressions, ...modules, ...emitted()];

test('there are sources of every style', () => {
  expect(sources.length).toBeGreaterThanOrEqual(150);
  expect(new Set(sources.map(({ code }) => code)).size).toBe(sources.length);
});

test.each(sources)('deploys and runs: $what', async ({ code, event, answer }) => {
  const serverless = make();
  await serverless.deploy(spec(code, { memoryMb: 32 }));
  expect(await serverless.invoke('acme', 'f', event)).toEqual(answer);
});

// Libraries do use what a guest does not have.
test.each(sources.filter(({ what }) => !what.startsWith('bundle')))(
  'has no unknown names and breaks no rule: $what',
  async ({ code }) => {
    const rules = ['no-debugger', 'no-wasm', 'no-shared-memory', 'no-dynamic-import', 'no-constant-loop'] as const;
    const { warnings } = await make({}, { validation: { rules } }).deploy(spec(code, { memoryMb: 32 }));
    expect(warnings).toEqual([]);
  },
);
