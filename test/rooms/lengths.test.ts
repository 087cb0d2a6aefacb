import { expect, test } from 'vitest';

const { findLongFiles } = (await import(new URL('../../scripts/check-lengths.mjs', import.meta.url).href)) as {
  findLongFiles(files: Iterable<readonly [string, string]>): string[];
};

test('a file of 350 lines is as long as one may be', () => {
  const lines = (count: number): string => 'line\n'.repeat(count);
  expect(findLongFiles([['lib/a.ts', lines(350)]])).toEqual([]);
  expect(findLongFiles([['lib/a.ts', lines(351)]])).toEqual([
    'lib/a.ts has 351 lines, 1 more than 350: move one of its ideas into a file of its own.',
  ]);
});
