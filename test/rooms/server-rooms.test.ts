import { expect, test } from 'vitest';

const { findServerRoomProblems, readServer } = (await import(
  new URL('../../scripts/check-server-rooms.mjs', import.meta.url).href
)) as {
  findServerRoomProblems(files: ReadonlyMap<string, string>): string[];
  readServer(root: string): Map<string, string>;
};

test('server/src keeps its rooms', () => {
  const server = readServer(new URL('../..', import.meta.url).pathname);
  expect(server.size).toBeGreaterThan(40);
  expect(findServerRoomProblems(server)).toEqual([]);
});

test('the engine of the storage is known only to what puts the server together', () => {
  const engine = { 'storage/storage.ts': '', 'storage/libsql/a.ts': "import type { S } from '../storage.ts';" };
  const importing = "import { a } from './storage/libsql/a.ts';";
  expect(findServerRoomProblems(asFiles(engine))).toEqual([]);
  expect(findServerRoomProblems(asFiles({ ...engine, 'serve.ts': importing }))).toEqual([]);
  expect(
    findServerRoomProblems(asFiles({ ...engine, 'platform/b.ts': "import { a } from '../storage/libsql/a.ts';" })),
  ).toEqual([expect.stringContaining("'platform' comes before 'storage/libsql'")]);
});

const asFiles = (files: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(files));
