import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const answer = (n: number) => spec(`() => ${n}`);

test('rollback goes back, one activation at a time', async () => {
  const serverless = make();
  const versions = [];
  for (const n of [1, 2, 3]) versions.push((await serverless.deploy(answer(n))).version);
  expect(serverless.versions('acme', 'f').map((d) => [d.version, d.active])).toEqual([
    [versions[0], false],
    [versions[1], false],
    [versions[2], true],
  ]);
  expect(serverless.rollback('acme', 'f').version).toBe(versions[1]);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  expect(serverless.rollback('acme', 'f').version).toBe(versions[0]);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  expect(() => serverless.rollback('acme', 'f')).toThrow(/no earlier version/);
  expect(serverless.rollback('acme', 'f', versions[2]).version).toBe(versions[2]);
  expect(await serverless.invoke('acme', 'f')).toBe(3);
  expect(serverless.rollback('acme', 'f').version).toBe(versions[0]);
  expect(() => serverless.rollback('acme', 'f', 'nope')).toThrow(/no version 'nope'/);
});

test('a version can be invoked by its id', async () => {
  const serverless = make();
  const { version } = await serverless.deploy(answer(1));
  await serverless.deploy(answer(2));
  expect(await serverless.invoke('acme', 'f', null, { version })).toBe(1);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  expect(await failure(() => serverless.invoke('acme', 'f', null, { version: 'nope' }))).toMatchObject({
    code: 'ERR_ISOLET_VERSION_NOT_FOUND',
  });
});

test('an alias splits by weight', async () => {
  let chance = 0;
  const serverless = make({}, { random: () => chance });
  const { version: a } = await serverless.deploy(answer(1));
  const { version: b } = await serverless.deploy(answer(2));
  serverless.setAlias('acme', 'f', 'beta', { [a]: 90, [b]: 10 });
  const counts = { 1: 0, 2: 0 };
  for (let i = 0; i < 100; i++) {
    chance = i / 100;
    counts[await serverless.invoke<1 | 2>('acme', 'f', null, { alias: 'beta' })]++;
  }
  expect(counts).toEqual({ 1: 90, 2: 10 });
  serverless.setAlias('acme', 'f', 'beta', b);
  chance = 0;
  expect(await serverless.invoke('acme', 'f', null, { alias: 'beta' })).toBe(2);
  expect(serverless.versions('acme', 'f').map((d) => d.aliases)).toEqual([[], ['beta']]);
  expect(() => serverless.setAlias('acme', 'f', 'x', { nope: 1 })).toThrow(/no version/);
  expect(() => serverless.setAlias('acme', 'f', 'x', { [a]: 0 })).toThrow(/weight above 0/);
  expect(() => serverless.setAlias('acme', 'f', 'x', { [a]: -1 })).toThrow(/a number of at least 0/);
  expect(serverless.deleteAlias('acme', 'f', 'beta')).toBe(true);
  expect(await failure(() => serverless.invoke('acme', 'f', null, { alias: 'beta' }))).toMatchObject({
    code: 'ERR_ISOLET_VERSION_NOT_FOUND',
  });
});

test('a version with an alias keeps its warm runtime when another becomes active', async () => {
  const serverless = make();
  const { version } = await serverless.deploy(spec('(() => { let n = 0; return () => ++n; })()'));
  serverless.setAlias('acme', 'f', 'stable', version);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  await serverless.deploy(answer(2));
  expect(await serverless.invoke('acme', 'f', null, { alias: 'stable' })).toBe(2);
});

test('old versions are dropped, never the active one nor one with an alias', async () => {
  const serverless = make({}, { maxVersions: 2 });
  const first = await serverless.deploy(answer(1));
  serverless.setAlias('acme', 'f', 'stable', first.version);
  for (const n of [2, 3, 4]) await serverless.deploy(answer(n));
  const kept = serverless.versions('acme', 'f');
  expect(kept).toHaveLength(2);
  expect(kept.map((d) => d.active)).toEqual([false, true]);
  expect(await serverless.invoke('acme', 'f', null, { alias: 'stable' })).toBe(1);
  expect(serverless.rollback('acme', 'f').version).toBe(first.version);
  await until(() => serverless.stats().pool.queued === 0, 'quiet');
});
