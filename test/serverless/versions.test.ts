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

test('old versions are dropped, beyond the active one and those with an alias', async () => {
  const serverless = make({}, { maxVersions: 2 });
  const first = await serverless.deploy(answer(1));
  serverless.setAlias('acme', 'f', 'stable', first.version);
  const later = [];
  for (const n of [2, 3, 4, 5]) later.push((await serverless.deploy(answer(n))).version);
  const kept = serverless.versions('acme', 'f');
  expect(kept.map((d) => d.version)).toEqual([first.version, ...later.slice(1)]);
  expect(kept.map((d) => d.active)).toEqual([false, false, false, true]);
  expect(await serverless.invoke('acme', 'f', null, { alias: 'stable' })).toBe(1);
  for (const version of [later[2], later[1], first.version]) {
    expect(serverless.rollback('acme', 'f').version).toBe(version);
  }
  await until(() => serverless.stats().pool.queued === 0, 'quiet');
});

/** Deploys `n`, goes back by one, or goes to the version of `n`. */
type Step = number | 'back' | { to: number };

async function follow(serverless: ReturnType<typeof make>, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (typeof step === 'number') await serverless.deploy(answer(step));
    else if (step === 'back') serverless.rollback('acme', 'f');
    else {
      const { version } = await make().deploy(answer(step.to));
      serverless.rollback('acme', 'f', version);
    }
  }
}

test.each<{ max: number; steps: Step[]; then: number[] }>([
  { max: 1, steps: [1, 2], then: [1] },
  { max: 1, steps: [1, 2, 3], then: [2] },
  { max: 3, steps: [1, 2, 3, 1, 4], then: [1, 3, 2, 1] },
  { max: 4, steps: [1, 2, 3, 4, { to: 1 }, 5], then: [1, 4, 3, 2, 1] },
  { max: 2, steps: [1, 2, 3, 'back', 'back', 4], then: [1] },
  { max: 2, steps: [1, 2, { to: 1 }, 3], then: [1, 2, 1] },
  // What was given up by a rollback goes before what a rollback would come to.
  { max: 2, steps: [1, 2, 3, 'back', 4, 'back', 5], then: [2, 1] },
  { max: 10, steps: [1, 2, 1, 2], then: [1, 2, 1] },
  { max: 10, steps: [1, 1, 2, 2], then: [1] },
])('rollback goes to what was in force before: $steps with maxVersions $max', async ({ max, steps, then }) => {
  const serverless = make({}, { maxVersions: max });
  await follow(serverless, steps);
  for (const n of then) {
    serverless.rollback('acme', 'f');
    expect(await serverless.invoke('acme', 'f')).toBe(n);
  }
  expect(() => serverless.rollback('acme', 'f')).toThrow(/no earlier version/);
});

test('tier and time of a deployment are its own, also when the content is known', async () => {
  const serverless = make({}, { tiers: { free: { rate: { requests: 1 } }, paid: {} } });
  const first = await serverless.deploy({ ...answer(1), tier: 'free' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const other = await serverless.deploy({ ...answer(2), tier: 'free' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const again = await serverless.deploy({ ...answer(1), tier: 'paid' });
  expect(again).toMatchObject({ version: first.version, tier: 'paid', active: true });
  expect(again.deployedAt).toBeGreaterThan(other.deployedAt);
  expect(other.deployedAt).toBeGreaterThan(first.deployedAt);
  expect(serverless.list('acme')).toEqual([again]);
  // Oldest first.
  expect(serverless.versions('acme', 'f').map((d) => d.version)).toEqual([other.version, first.version]);
  const same = await serverless.deploy({ ...answer(1), tier: 'free' });
  expect(same).toMatchObject({ version: first.version, tier: 'free' });
});

test('a deployment counts from when it came into force', async () => {
  let began = 0;
  const wait = (ms: number) => {
    began = Date.now();
    return new Promise((resolve) => setTimeout(resolve, ms));
  };
  const serverless = make({ wait });
  const { deployedAt } = await serverless.deploy(spec('(ms) => wait(ms)', { dryRun: { event: 20 } }));
  expect(deployedAt).toBeGreaterThan(began);
});
