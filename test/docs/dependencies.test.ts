import { expect, it } from 'vitest';
import { readPage } from './blocks.ts';

const { dependencies, devDependencies, peerDependencies } = JSON.parse(readPage('package.json')) as Record<
  string,
  Record<string, string> | undefined
>;
const names = [...new Set(Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }))];

it('every dependency has its reason, and every reason a dependency', () => {
  const [installed = ''] = readPage('docs/dependencies.md').split('## Fetched on demand');
  const rows = installed.match(/^\| `.+$/gm) ?? [];
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
  expect(named.toSorted()).toEqual(names.toSorted());
  for (const row of rows) expect(row.split('|')[2]?.trim(), row).toMatch(/^\S.{10,}\.$/);
});

it('at run time there are few', () => {
  expect(Object.keys(dependencies ?? {}).length).toBeLessThanOrEqual(4);
});
