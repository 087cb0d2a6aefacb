import { expect, test } from 'vitest';

const { findRoomProblems, readLib } = (await import(
  new URL('../../scripts/check-lib-rooms.mjs', import.meta.url).href
)) as {
  findRoomProblems(files: ReadonlyMap<string, string>): string[];
  readLib(root: string): Map<string, string>;
};

const root = new URL('../..', import.meta.url).pathname;
const problems = (files: Record<string, string>): string[] => findRoomProblems(new Map(Object.entries(files)));

test('lib/ keeps its rooms', () => {
  const lib = readLib(root);
  expect(lib.size).toBeGreaterThan(200);
  expect(findRoomProblems(lib)).toEqual([]);
});

test('an import of a later room is refused in lib/ as it is, also of a type, with what to do instead', () => {
  const lib = readLib(root);
  lib.set('options/check.ts', `${lib.get('options/check.ts')}import type { Runtime } from '../runtime/runtime.ts';\n`);
  const [direction, circle] = findRoomProblems(lib);
  expect(direction).toMatch(
    /^lib\/options\/check\.ts:\d+ imports lib\/runtime\/runtime\.ts: 'options' comes before 'runtime'/,
  );
  expect(direction).toContain('by an interface that');
  expect(circle).toContain('import one another');
});

test.each([
  ['a value', "import { b } from '../runtime/b.ts';"],
  ['a type', "import type { B } from '../runtime/b.ts';"],
  ['what is passed on', "export { b } from '../runtime/b.ts';"],
  ['what is passed on whole', "export * from '../runtime/b.ts';"],
  ['what is loaded later', "const later = () => import('../runtime/b.ts');"],
  ['a type in place', "export type A = import('../runtime/b.ts').B;"],
])('it is seen whatever is imported: %s', (_what, text) => {
  expect(problems({ 'errors/a.ts': text, 'runtime/b.ts': '' })).toEqual([
    expect.stringMatching(/^lib\/errors\/a\.ts:1 imports lib\/runtime\/b\.ts: /),
  ]);
});

test('the way down is free, also over several rooms', () => {
  expect(problems({ 'serverless/a.ts': "import { b } from '../errors/b.ts';", 'errors/b.ts': '' })).toEqual([]);
});

test('the web stands between runtimes and pools', () => {
  const web = { 'web/a.ts': "import { b } from '../runtime/b.ts';", 'runtime/b.ts': '', 'pool/c.ts': '' };
  expect(problems(web)).toEqual([]);
  expect(problems({ ...web, 'web/a.ts': "import { c } from '../pool/c.ts';" })).toHaveLength(1);
});

test('the rooms within a room have an order too', () => {
  const files = { 'pool/report/a.ts': "import { b } from '../run/b.ts';", 'pool/run/b.ts': '' };
  expect(problems(files)).toEqual([expect.stringContaining("'pool/report' comes before 'pool/run'")]);
});

test('a circle of types is one, and named by its files', () => {
  const found = problems({
    'runtime/a.ts': "import type { B } from './b.ts';",
    'runtime/b.ts': "import type { C } from './c.ts';",
    'runtime/c.ts': "import type { A } from './a.ts';",
  });
  expect(found).toEqual([
    expect.stringMatching(/^lib\/runtime\/a\.ts → lib\/runtime\/b\.ts → lib\/runtime\/c\.ts → lib\/runtime\/a\.ts /),
  ]);
});

test('programs of guests and the host share only what needs neither', () => {
  expect(problems({ 'guest/a.ts': "import { b } from '../pool/b.ts';", 'pool/b.ts': '' })).toEqual([
    expect.stringContaining('lib/shared/'),
  ]);
  expect(problems({ 'pool/b.ts': "import { a } from '../guest/a.ts';", 'guest/a.ts': '' })).toEqual([
    expect.stringContaining('guestFile'),
  ]);
  expect(problems({ 'shared/a.ts': "import { inspect } from 'node:util';" })).toHaveLength(1);
  expect(problems({ 'guest/a.ts': "import { b } from '../shared/b.ts';", 'shared/b.ts': '' })).toEqual([]);
});

test('a folder without a place in the order is refused', () => {
  expect(problems({ 'attic/a.ts': '' })).toEqual([expect.stringContaining('in no room')]);
});
