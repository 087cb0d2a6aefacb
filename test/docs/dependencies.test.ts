import { expect, it } from 'vitest';
import { readPage } from './blocks.ts';

const page = readPage('docs/dependencies.md');
const part = (heading: string) => page.split(`## ${heading}`)[1]?.split('## ')[0] ?? '';

/** What a package names, and the parts of the page with the reasons. */
const packages = [
  ['package.json', ['At run time', 'To build', 'To check and to show']],
  ['server/package.json', ['Of the server']],
] as const;

const listed = (file: string): Record<string, Record<string, string> | undefined> => JSON.parse(readPage(file));

it.each(packages)('every dependency in %s has its reason, and every reason a dependency', (file, headings) => {
  const { dependencies, devDependencies, peerDependencies } = listed(file);
  const names = new Set(Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }));
  const rows = headings.flatMap((heading) => part(heading).match(/^\| `.+$/gm) ?? []);
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
  expect(named.toSorted()).toEqual([...names].toSorted());
  for (const row of rows) expect(row.split('|')[2]?.trim(), row).toMatch(/^\S.{10,}\.$/);
});

it('at run time there are few', () => {
  expect(Object.keys(listed('package.json')['dependencies'] ?? {}).length).toBeLessThanOrEqual(4);
});
