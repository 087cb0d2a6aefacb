import { RateLimitError } from '../errors/index.ts';
import type { Rate } from './tiers.ts';

/** The part of a limiter of `rate-limiter-flexible` that is needed. Rejects with `{ msBeforeNext }` when it refuses. */
export interface RateLimiter {
  consume(key: string, points?: number): Promise<unknown>;
}

/**
 * Makes a limiter of `points` per `duration` seconds. Replace it to share counts between processes, for example
 * `(options) => new RateLimiterRedis({ storeClient, ...options })`.
 */
export type RateLimiterFactory = (options: { points: number; duration: number; keyPrefix: string }) => RateLimiter;

/** A burst is won back over this many windows. */
const burstWindows = 10;

async function inMemory(): Promise<RateLimiterFactory> {
  const { RateLimiterMemory } = await import('rate-limiter-flexible');
  return (options) => new RateLimiterMemory(options);
}

/** One limiter per tier, one counter per tenant. */
export class Rates {
  readonly #limiters = new Map<string, Promise<RateLimiter>>();
  readonly #factory: RateLimiterFactory | undefined;

  constructor(factory: RateLimiterFactory | undefined) {
    this.#factory = factory;
  }

  /** @throws {RateLimitError} */
  async consume(tenantId: string, tier: string, rate: Rate): Promise<void> {
    let limiter = this.#limiters.get(tier);
    if (!limiter) {
      limiter = this.#make(tier, rate);
      this.#limiters.set(tier, limiter);
    }
    try {
      await (await limiter).consume(tenantId);
    } catch (refusal) {
      const wait = (refusal as { msBeforeNext?: unknown }).msBeforeNext;
      // Anything else is the store's failure: it is not the tenant's fault, and no licence to go on either.
      if (typeof wait !== 'number') throw refusal;
      const per = rate.per ?? 1000;
      throw new RateLimitError(
        `Tenant '${tenantId}' may start ${rate.requests} invocations per ${per} ms (tier '${tier}'). Try again in ${Math.ceil(wait)} ms.`,
        Math.ceil(wait),
        { limit: rate.requests, per },
      );
    }
  }

  async #make(tier: string, rate: Rate): Promise<RateLimiter> {
    const make = this.#factory ?? (await inMemory());
    const duration = (rate.per ?? 1000) / 1000;
    const steady = make({ points: rate.requests, duration, keyPrefix: `isolet:rate:${tier}` });
    if (!rate.burst) return steady;
    const burst = make({ points: rate.burst, duration: duration * burstWindows, keyPrefix: `isolet:burst:${tier}` });
    return {
      consume: (key, points) =>
        steady.consume(key, points).catch((refusal: { msBeforeNext?: unknown }) => {
          if (typeof refusal.msBeforeNext !== 'number') throw refusal;
          return burst.consume(key, points).catch((second: { msBeforeNext?: unknown }) => {
            // The steady limiter has room again sooner than the burst does.
            throw typeof second.msBeforeNext === 'number' ? refusal : second;
          });
        }),
    };
  }
}
