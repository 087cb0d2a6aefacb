import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterEach, expect, test, vi } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const day = 24 * 60 * 60 * 1000;
/** Longer than one timer of Node can wait. */
const month = 30 * day;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Sets the clock that counts forward, for what asks it from now on. */
function clock(): (ms: number) => void {
  const now = performance.now.bind(performance);
  let ahead = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
  return (ms) => {
    ahead += ms;
  };
}

const limited = (rate: object) => make({}, { tiers: { t: { rate: rate as never } }, defaultTier: 't' });

test.each([
  ['an hour', 3_600_000],
  ['2.5 days', 2.5 * day],
  ['a month', month],
  ['a century', 36_525 * day],
])('a window of %s counts until it is over, and begins anew', async (_, per) => {
  const advance = clock();
  const serverless = limited({ requests: 2, per });
  await serverless.deploy(spec('() => 1'));
  const start = async () => {
    expect(await serverless.invoke('acme', 'f')).toBe(1);
    expect(await serverless.invoke('acme', 'f')).toBe(1);
    // A timer that can't wait so long would have ended the window by now.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return failure(() => serverless.invoke('acme', 'f'));
  };
  const refused = await start();
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT', limit: 2, per });
  expect(refused['retryAfter']).toBeGreaterThan(0);
  expect(refused['retryAfter']).toBeLessThanOrEqual(per);
  advance(Number(refused['retryAfter']));
  expect(await start()).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT' });
});

test('a burst is won back over ten windows, also over a year', async () => {
  const advance = clock();
  const serverless = limited({ requests: 1, per: month, burst: 2 });
  await serverless.deploy(spec('() => 1'));
  const served = async () => {
    let count = 0;
    for (let i = 0; i < 5; i++) {
      if ((await serverless.invoke('acme', 'f').catch(() => 0)) === 1) count++;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return count;
  };
  expect(await served()).toBe(3);
  advance(month);
  expect(await served()).toBe(1);
  advance(9 * month);
  expect(await served()).toBe(3);
});

test('tenants have counters of their own, whatever they are called', async () => {
  const serverless = limited({ requests: 1, per: month });
  for (const tenantId of ['__proto__', 'constructor', 'a', 'a:b']) {
    await serverless.deploy(spec('() => 1', { tenantId }));
    expect(await serverless.invoke(tenantId, 'f')).toBe(1);
    expect(await failure(() => serverless.invoke(tenantId, 'f'))).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT' });
  }
});

test.each([
  ['per', { requests: 1, per: Number.POSITIVE_INFINITY }],
  ['per', { requests: 1, per: Number.NaN }],
  ['per', { requests: 1, per: 0 }],
  ['per', { requests: 1, per: '1s' }],
  ['requests', {}],
  ['requests', { requests: Number.NaN }],
  ['requests', { requests: -1 }],
  ['requests', { requests: 0.5 }],
  ['burst', { requests: 1, burst: Number.POSITIVE_INFINITY }],
  ['burst', { requests: 1, burst: 1.5 }],
])('a rate whose %s makes no sense is refused when it is given: %o', (field, rate) => {
  expect(() => limited(rate)).toThrow(
    expect.objectContaining({
      code: 'ERR_ISOLET_INVALID_ARG',
      option: `tiers.t.rate.${field}`,
      message: expect.stringMatching(/ must be .*\. Received .*\.$/),
    }),
  );
});

test('endless requests are no limit', async () => {
  const serverless = limited({ requests: Number.POSITIVE_INFINITY });
  await serverless.deploy(spec('() => 1'));
  for (let i = 0; i < 20; i++) expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('limiters of rate-limiter-flexible can keep the counts', async () => {
  const rateLimiter = (options: { points: number; duration: number; keyPrefix: string }) =>
    new RateLimiterMemory(options);
  const rate = { requests: 2, per: 60_000, burst: 1 };
  const serverless = make({}, { tiers: { t: { rate } }, defaultTier: 't', rateLimiter });
  await serverless.deploy(spec('() => 1'));
  for (let i = 0; i < 3; i++) expect(await serverless.invoke('acme', 'f')).toBe(1);
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject({
    code: 'ERR_ISOLET_RATE_LIMIT',
    limit: 2,
    per: 60_000,
  });
});
