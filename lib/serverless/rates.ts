import { RateLimitError } from '../errors/index.ts';
import { escapePart } from '../pool/function.ts';
import type { Rate } from './tiers.ts';
import { WindowCounter } from './window-counter.ts';

/** The part of a limiter of `rate-limiter-flexible` that is needed. Rejects with `{ msBeforeNext }` when it refuses. */
export interface RateLimiter {
  consume(key: string, points?: number): Promise<unknown>;
}

/**
 * Makes a limiter of `points` per `duration` seconds. Replace it to share counts between processes, or to keep those of
 * long windows over restarts, for example `(options) => new RateLimiterRedis({ storeClient, ...options })` with
 * `rate-limiter-flexible`.
 */
export type RateLimiterFactory = (options: { points: number; duration: number; keyPrefix: string }) => RateLimiter;

/** A burst is won back over this many windows. */
const burstWindows = 10;

/** Answers the ms until there is room again, 0 if there was. */
type Take = (key: string) => number | Promise<number>;

/** One limiter per tier, one counter per tenant. */
export class Rates {
  readonly #limiters = new Map<string, Take>();
  readonly #factory: RateLimiterFactory | undefined;

  constructor(factory: RateLimiterFactory | undefined) {
    this.#factory = factory;
  }

  /** A promise only where counts are kept elsewhere. @throws {RateLimitError} */
  consume(tenantId: string, tier: string, rate: Rate): void | Promise<void> {
    let take = this.#limiters.get(tier);
    if (!take) {
      take = this.#factory ? stored(this.#factory, tier, rate) : counted(rate);
      this.#limiters.set(tier, take);
    }
    const wait = take(tenantId);
    if (wait instanceof Promise) return wait.then((ms) => refuse(tenantId, tier, rate, ms));
    refuse(tenantId, tier, rate, wait);
  }
}

function refuse(tenantId: string, tier: string, { requests, per = 1000 }: Rate, wait: number): void {
  if (wait === 0) return;
  const retryAfter = Math.ceil(wait);
  throw new RateLimitError(
    `Tenant '${tenantId}' may start ${requests} invocations per ${per} ms (tier '${tier}'). Try again in ${retryAfter} ms.`,
    retryAfter,
    { limit: requests, per },
  );
}

function counted({ requests, per = 1000, burst = 0 }: Rate): Take {
  const steady = new WindowCounter(requests, per);
  if (burst === 0) return (key) => steady.take(key);
  const more = new WindowCounter(burst, per * burstWindows);
  return (key) => {
    const wait = steady.take(key);
    // The steady counter has room again sooner than the burst does.
    return wait > 0 && more.take(key) === 0 ? 0 : wait;
  };
}

function stored(make: RateLimiterFactory, tier: string, { requests, per = 1000, burst = 0 }: Rate): Take {
  const duration = per / 1000;
  const name = escapePart(tier);
  const steady = make({ points: requests, duration, keyPrefix: `isolet:rate:${name}` });
  if (burst === 0) return (key) => takeFrom(steady, key);
  const more = make({ points: burst, duration: duration * burstWindows, keyPrefix: `isolet:burst:${name}` });
  return async (key) => {
    const wait = await takeFrom(steady, key);
    return wait > 0 && (await takeFrom(more, key)) === 0 ? 0 : wait;
  };
}

async function takeFrom(limiter: RateLimiter, key: string): Promise<number> {
  try {
    await limiter.consume(escapePart(key));
    return 0;
  } catch (refusal) {
    const wait = (refusal as { msBeforeNext?: unknown } | undefined)?.msBeforeNext;
    // Anything else is the store's failure: it is not the tenant's fault, and no licence to go on either.
    if (typeof wait !== 'number') throw refusal;
    return Math.max(wait, 1);
  }
}
