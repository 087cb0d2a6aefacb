import { brief } from '../errors/brief.ts';
import { PlatformError, RateLimitError } from '../errors/index.ts';
import { escapePart } from '../pool/function/function-key.ts';
import { label } from '../pool/function/label.ts';
import { given } from '../shared/own.ts';
import { inTime, patience } from './in-time.ts';
import type { Rate } from './tiers.ts';
import { WindowCounter } from './window-counter.ts';

/** The part of a limiter of `rate-limiter-flexible` that is needed. Rejects with `{ msBeforeNext }` when it refuses. */
export interface RateLimiter {
  /**
   * Takes `points` (default 1) from what `key` has left. Rejects with `{ msBeforeNext }`, in ms, if there are too few; what
   * else it rejects with is a failure of the store.
   */
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

/** What is limited: the field of a tier. */
export type RateKind = 'rate' | 'deployRate';

const words: Record<RateKind, { may: string; what: string; steady: string; burst: string }> = {
  rate: { may: 'start', what: 'invocations', steady: 'rate', burst: 'burst' },
  deployRate: { may: 'make', what: 'deployments', steady: 'deploy-rate', burst: 'deploy-burst' },
};

/** One limiter per tier, one counter per tenant. */
export class Rates {
  readonly #limiters = new Map<string, Take>();
  readonly #factory: RateLimiterFactory | undefined;
  readonly #kind: RateKind;

  constructor(factory: RateLimiterFactory | undefined, kind: RateKind) {
    this.#factory = factory;
    this.#kind = kind;
  }

  /**
   * A promise only where counts are kept elsewhere.
   *
   * @throws {RateLimitError}
   * @throws {PlatformError} if the platform's own limiter fails
   */
  consume(tenantId: string, tier: string, rate: Rate): void | Promise<void> {
    let take = this.#limiters.get(tier);
    if (!take) {
      take = this.#factory ? stored(this.#factory, this.#kind, tier, rate) : counted(rate);
      this.#limiters.set(tier, take);
    }
    const wait = take(tenantId);
    if (wait instanceof Promise) return wait.then((ms) => this.#refuse(tenantId, tier, rate, ms));
    this.#refuse(tenantId, tier, rate, wait);
  }

  #refuse(tenantId: string, tier: string, { requests, per = 1000 }: Rate, wait: number): void {
    if (wait === 0) return;
    const retryAfter = Math.ceil(wait);
    const { may, what } = words[this.#kind];
    throw new RateLimitError(
      `Tenant '${label(tenantId)}' may ${may} ${requests} ${what} per ${per} ms (tier '${tier}'). Try again in ${retryAfter} ms.`,
      retryAfter,
      { limit: requests, per },
    );
  }
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

function stored(make: RateLimiterFactory, kind: RateKind, tier: string, rate: Rate): Take {
  const { requests, per = 1000, burst = 0 } = rate;
  const duration = per / 1000;
  const prefix = (which: 'steady' | 'burst') => `isolet:${words[kind][which]}:${escapePart(tier)}`;
  const steady = made(() => make({ points: requests, duration, keyPrefix: prefix('steady') }));
  if (burst === 0) return (key) => takeFrom(steady, key);
  const longer = duration * burstWindows;
  const more = made(() => make({ points: burst, duration: longer, keyPrefix: prefix('burst') }));
  return async (key) => {
    const wait = await takeFrom(steady, key);
    return wait > 0 && (await takeFrom(more, key)) === 0 ? 0 : wait;
  };
}

function made(make: () => RateLimiter): RateLimiter {
  let limiter: unknown;
  try {
    limiter = make();
  } catch (error) {
    throw failed(error);
  }
  const consume = typeof limiter === 'object' && limiter !== null && given(limiter, 'consume');
  if (typeof consume === 'function') return limiter as RateLimiter;
  const message = `'rateLimiter' must answer an object with a method 'consume'. It answered ${brief(limiter)}.`;
  throw new PlatformError(message, 'rateLimiter', { retryable: false });
}

async function takeFrom(limiter: RateLimiter, key: string): Promise<number> {
  try {
    await inTime(limiter.consume(escapePart(key)), unanswered);
    return 0;
  } catch (refusal) {
    if (refusal instanceof PlatformError) throw refusal;
    const wait: unknown = typeof refusal === 'object' && refusal !== null ? given(refusal, 'msBeforeNext') : undefined;
    // Anything else is the store's failure: it is not the tenant's fault, and no licence to go on either.
    if (typeof wait !== 'number' || Number.isNaN(wait)) throw failed(refusal);
    return Math.max(wait, 1);
  }
}

const unanswered = (): PlatformError =>
  new PlatformError(`'rateLimiter' gave no answer in ${patience} ms`, 'rateLimiter');

const failed = (cause: unknown): PlatformError =>
  new PlatformError(`'rateLimiter' failed: ${cause instanceof Error ? cause.message : brief(cause)}`, 'rateLimiter', {
    cause,
  });
