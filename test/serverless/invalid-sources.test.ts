import type { ValidationIssue } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { invalid } from './sources/invalid.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('there are many, and all different', () => {
  expect(new Set(invalid.map(([, code]) => code)).size).toBeGreaterThanOrEqual(80);
});

test.each(invalid)('refuses with its place: %s', async (_, marked, message) => {
  const serverless = make({}, { validation: { unknownNames: false } });
  await serverless.deploy(spec('() => "before"'));
  const at = marked.indexOf('¦');
  const error = await failure(() => serverless.deploy(spec(marked.replace('¦', ''), { memoryMb: 32 })));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_VALIDATION' });
  const [issue, ...others] = error['issues'] as ValidationIssue[];
  expect(others).toEqual([]);
  expect(issue?.message).toMatch(message);
  // A text without end has its place, but none that matters.
  if (at >= 0) {
    const before = marked.slice(0, at).split('\n');
    expect(`${issue?.line}:${issue?.column}`).toBe(`${before.length}:${(before.at(-1)?.length ?? 0) + 1}`);
  } else {
    expect(issue?.line).toBeGreaterThan(0);
  }
  expect(await serverless.invoke('acme', 'f')).toBe('before');
});
