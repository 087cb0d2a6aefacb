import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
/** Longer than any machine takes for these tests. */
const per = 600_000;

/** A function whose source has so many bytes. */
const sized = (bytes: number, mark = 'x') => `() => "${mark.repeat(bytes - 8)}"`;

test('a tenant has at most as many functions as its tier allows', async () => {
  const serverless = make({}, { tiers: { free: { maxFunctions: 2 } }, defaultTier: 'free' });
  await serverless.deploy(spec('() => 1', { name: 'a' }));
  await serverless.deploy(spec('() => 1', { name: 'b' }));
  const refused = await failure(() => serverless.deploy(spec('() => 1', { name: 'c' })));
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 2, actual: 3, retryable: false });
  expect(refused.message).toMatch(
    /Tenant 'acme' would have 3 functions, and tier 'free' allows 2 \(maxFunctions\)\. Un/,
  );
  // New versions of what there is, and other tenants, are none.
  await serverless.deploy(spec('() => 2', { name: 'b' }));
  await serverless.deploy(spec('() => 1', { name: 'c', tenantId: 'other' }));
  await serverless.undeploy('acme', 'a');
  await serverless.deploy(spec('() => 1', { name: 'c' }));
  expect(serverless.list('acme').map(({ functionName }) => functionName)).toEqual(['b', 'c']);
});

test('who deploys many at once gets no more than that', async () => {
  const serverless = make({}, { tiers: { free: { maxFunctions: 3 } }, defaultTier: 'free' });
  const names = Array.from({ length: 10 }, (_, i) => `f${i}`);
  const settled = await Promise.allSettled(names.map((name) => serverless.deploy(spec('() => 1', { name }))));
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(serverless.list('acme')).toHaveLength(3);
});

test('old deployments make room for new ones, over all functions of the tenant', async () => {
  const serverless = make({}, { tiers: { free: { maxDeployments: 4 } }, defaultTier: 'free' });
  const kept = () => ['a', 'b'].map((name) => serverless.versions('acme', name).map(({ version }) => version));
  const deploy = async (name: string, n: number) => (await serverless.deploy(spec(`() => ${n}`, { name }))).version;
  const a = [await deploy('a', 1), await deploy('a', 2)];
  serverless.setAlias('acme', 'a', 'stable', a[0] as string);
  const b = [await deploy('b', 1), await deploy('b', 2)];
  expect(kept()).toEqual([a, b]);
  // The first of `a` has an alias; the first of `b` is the oldest that nothing points at.
  a.push(await deploy('a', 3));
  expect(kept()).toEqual([a, [b[1]]]);
  // The second of `a` now.
  a.push(await deploy('a', 4));
  expect(kept()).toEqual([[a[0], a[2], a[3]], [b[1]]]);
  // What is there already takes no more room.
  await deploy('a', 4);
  expect(kept()).toEqual([[a[0], a[2], a[3]], [b[1]]]);
  for (const [alias, version] of [
    ['x', a[2]],
    ['y', a[3]],
  ] as const) {
    serverless.setAlias('acme', 'a', alias, version as string);
  }
  const refused = await failure(() => deploy('a', 5));
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 4, actual: 5, retryable: false });
  expect(refused.message).toContain('maxDeployments');
  expect(kept()).toEqual([[a[0], a[2], a[3]], [b[1]]]);
  expect(await serverless.invoke('acme', 'a')).toBe(4);
  // One that replaces its predecessor fits.
  await deploy('b', 3);
  expect(await serverless.invoke('acme', 'b')).toBe(3);
});

test('code, environments and secrets of a tenant have at most so many bytes', async () => {
  const serverless = make({}, { tiers: { free: { maxCodeBytes: 1000 } }, defaultTier: 'free' });
  await serverless.deploy(spec(sized(400), { name: 'a' }));
  await serverless.deploy(
    spec(sized(200), { name: 'b', env: { KEY: 'v'.repeat(97) }, secrets: { PIN: '1'.repeat(97) } }),
  );
  await serverless.deploy(spec(sized(200), { name: 'c' }));
  const refused = await failure(() => serverless.deploy(spec(sized(9), { name: 'd' })));
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 1000, actual: 1009 });
  expect(refused.message).toContain('bytes of code and environments in use');
  expect(serverless.list('acme')).toHaveLength(3);
  // A version that replaces its predecessor takes its room.
  await serverless.deploy(spec(sized(400, 'y'), { name: 'a' }));
  expect(serverless.versions('acme', 'a')).toHaveLength(1);
  expect(await failure(() => serverless.rollback('acme', 'a') as never)).toMatchObject({
    code: 'ERR_ISOLET_VERSION_NOT_FOUND',
  });
});

test('a tenant may deploy so often, failures included, and nothing is checked beyond that', async () => {
  const serverless = make({}, { tiers: { free: { deployRate: { requests: 2, per } } }, defaultTier: 'free' });
  await serverless.deploy(spec('() => 1'));
  await failure(() => serverless.deploy(spec('not code at all')));
  const refused = await failure(() => serverless.deploy(spec('not code at all')));
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT', limit: 2, per, retryable: true });
  expect(refused.message).toContain("Tenant 'acme' may make 2 deployments per 600000 ms (tier 'free')");
  await serverless.deploy(spec('() => 1', { tenantId: 'other' }));
  for (let i = 0; i < 5; i++) expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('quotas of a changed tier count from the next deployment on', async () => {
  let tier = 'pro';
  const tiers = { pro: { maxFunctions: 5 }, free: { maxFunctions: 1 } };
  const serverless = make({}, { tiers, tenantTier: () => tier });
  for (const name of ['a', 'b', 'c']) await serverless.deploy(spec('() => 1', { name }));
  tier = 'free';
  expect(await serverless.invoke('acme', 'c')).toBe(1);
  await serverless.deploy(spec('() => 2', { name: 'a' }));
  expect(await failure(() => serverless.deploy(spec('() => 1', { name: 'd' })))).toMatchObject({ limit: 1, actual: 4 });
});

test.each(['maxFunctions', 'maxDeployments', 'maxCodeBytes'])('%s is a whole number', async (field) => {
  for (const value of [-1, 0.5, Number.NaN, '5']) {
    const error = await failure(async () => make({}, { tiers: { t: { [field]: value } } }));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: `tiers.t.${field}` });
  }
});
