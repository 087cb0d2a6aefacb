import { brief } from '../errors/brief.ts';
import { PlatformError } from '../errors/index.ts';
import { label } from '../pool/function/label.ts';
import { warnAboutListener } from '../runtime/listener-warning.ts';
import { InOrder } from '../shared/in-order.ts';
import { given } from '../shared/own.ts';
import { inTime, patience } from './in-time.ts';
import type { ServerlessOptions } from './options.ts';
import type { TierInForce } from './tiers.ts';

/** How long, in ms, what a tenant was last known to be in is kept, in case asking again fails. */
const memory = 3_600_000;

interface Known {
  readonly tier: TierInForce | undefined;
  /** When it was answered, or asked again in vain. */
  at: number;
}

/**
 * Which tier a tenant is in. An answer that comes at once is asked for each time; one that takes time is kept for
 * `tenantTierTtl`, and asked for again before that is over where it is used.
 */
export class TenantTiers {
  readonly #options: ServerlessOptions;
  readonly #ttl: number;
  readonly #tiers = new Map<string, TierInForce>();
  readonly #known = new InOrder<string, Known>();
  readonly #asking = new Map<string, Promise<TierInForce | undefined>>();
  #warned = false;

  constructor(options: ServerlessOptions) {
    this.#options = options;
    this.#ttl = options.tenantTierTtl ?? 5000;
    for (const [name, tier] of Object.entries(options.tiers ?? {})) this.#tiers.set(name, { name, tier });
  }

  /** The tier of that name, if there is one. */
  named(name: string): TierInForce | undefined {
    return this.#tiers.get(name);
  }

  /** A promise only if the answer takes time. @throws {PlatformError} */
  of(tenantId: string): TierInForce | undefined | Promise<TierInForce | undefined> {
    if (!this.#options.tenantTier) return this.#answered(tenantId, undefined);
    const known = this.#known.get(tenantId);
    const age = known ? performance.now() - known.at : Number.POSITIVE_INFINITY;
    if (!known || age >= this.#ttl) return this.#asking.get(tenantId) ?? this.#ask(tenantId);
    // Early, so that whoever comes later need not wait.
    if (age >= this.#ttl / 2 && !this.#asking.has(tenantId)) void this.#ask(tenantId);
    return known.tier;
  }

  /** The next one asks again. */
  forget(tenantId: string): void {
    this.#known.delete(tenantId);
    this.#asking.delete(tenantId);
  }

  #ask(tenantId: string): TierInForce | undefined | Promise<TierInForce | undefined> {
    let answer: unknown;
    try {
      answer = this.#options.tenantTier?.(tenantId);
    } catch (error) {
      answer = Promise.reject(error);
    }
    if (!isThenable(answer)) return this.#answered(tenantId, answer);
    const asking: Promise<TierInForce | undefined> = inTime(answer, () => unanswered(tenantId))
      .catch((error: unknown) => {
        throw error instanceof PlatformError ? error : failed(tenantId, error);
      })
      .then((name) => this.#answered(tenantId, name))
      .then(
        (tier) => {
          if (this.#asking.get(tenantId) === asking) this.#keep(tenantId, tier);
          this.#warned = false;
          return tier;
        },
        (error: unknown) => this.#fallBack(tenantId, error),
      )
      .finally(() => {
        if (this.#asking.get(tenantId) === asking) this.#asking.delete(tenantId);
      });
    this.#asking.set(tenantId, asking);
    // Asked early it may be nobody's.
    asking.catch(() => {});
    return asking;
  }

  #keep(tenantId: string, tier: TierInForce | undefined): void {
    const now = performance.now();
    this.#known.delete(tenantId);
    this.#known.set(tenantId, { tier, at: now });
    for (const [oldest, { at }] of this.#known) {
      if (now - at < Math.max(memory, this.#ttl)) break;
      this.#known.delete(oldest);
    }
  }

  /** What was known stays in force: that a store is down must not stop tenants whose tier it told. */
  #fallBack(tenantId: string, error: unknown): TierInForce | undefined {
    const known = this.#known.get(tenantId);
    if (!known) throw error;
    known.at = performance.now();
    if (!this.#warned) warnAboutListener('tenantTier', error, 'a serverless runtime');
    this.#warned = true;
    return known.tier;
  }

  /** No limits at all would be the worse answer to a name that is not known. */
  #answered(tenantId: string, answer: unknown): TierInForce | undefined {
    const name = answer ?? this.#options.defaultTier;
    if (name === undefined) return undefined;
    const found = typeof name === 'string' ? this.named(name) : undefined;
    if (found) return found;
    throw new PlatformError(
      `'tenantTier' must answer the name of a tier (${[...this.#tiers.keys()].join(', ')}), undefined, or a promise of these. For tenant '${label(tenantId)}' it answered ${brief(answer)}.`,
      'tenantTier',
      { retryable: false },
    );
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof given(value, 'then') === 'function';

const failed = (tenantId: string, cause: unknown): PlatformError =>
  new PlatformError(
    `'tenantTier' failed for tenant '${label(tenantId)}': ${cause instanceof Error ? cause.message : brief(cause)}`,
    'tenantTier',
    { cause },
  );

const unanswered = (tenantId: string): PlatformError =>
  new PlatformError(`'tenantTier' gave no answer for tenant '${label(tenantId)}' in ${patience} ms`, 'tenantTier');
