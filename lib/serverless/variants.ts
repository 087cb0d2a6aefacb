import { isDeepStrictEqual } from 'node:util';
import { functionKey } from '../pool/function/function-key.ts';
import type { PoolFunction } from '../pool/function/pool-function.ts';
import { type Standing, standing } from '../pool/function/resolved-function.ts';
import { nothing } from '../shared/own.ts';
import { applyTier, type Tier, type TierInForce } from './tiers.ts';

/** What the pool runs of a version. */
export type VersionFunction = PoolFunction & { readonly version: string; readonly [standing]?: Standing };

/**
 * One version under the limits of the tiers it is run in. The one it was deployed in comes first; another is made when
 * its tier has changed, and gets runtimes of its own: the heap limit and the APIs of one that lives are fixed.
 */
export class Variants {
  readonly #base: TierInForce | undefined;
  #asked: VersionFunction;
  readonly #made = new Map<TierInForce | undefined, VersionFunction>();
  #latest: VersionFunction;

  /** @param asked - as it was specified, without the limits of a tier */
  constructor(asked: VersionFunction, first: TierInForce | undefined) {
    // Limits are read from it that it need not have.
    this.#asked = Object.assign(Object.create(null), asked);
    this.#base = first;
    this.#latest = this.#make(first);
  }

  get latest(): VersionFunction {
    return this.#latest;
  }

  /** @param changed - is told the variant that is not in use any more. */
  under(tier: TierInForce | undefined, changed: (before: VersionFunction) => void): VersionFunction {
    const fn = this.#made.get(tier) ?? this.#make(tier);
    if (fn === this.#latest) return fn;
    const before = this.#latest;
    this.#latest = fn;
    changed(before);
    return fn;
  }

  /** The same version was deployed again, and may have asked otherwise for the same limits. */
  renew(again: Variants): void {
    if (isDeepStrictEqual(again.#asked, this.#asked)) return;
    this.#asked = again.#asked;
    this.#made.clear();
  }

  #make(inForce: TierInForce | undefined): VersionFunction {
    const variant = inForce === this.#base ? undefined : (inForce?.name ?? '');
    const { limits, apis } = applyTier(this.#asked, inForce?.tier ?? nothing);
    const { concurrency, isolation } = inForce?.tier ?? (nothing as Tier);
    const key = functionKey(this.#asked.tenantId, inForce?.name ?? '');
    // For all functions of the tenant that are in this tier.
    const share = concurrency === undefined ? undefined : { key, concurrency };
    const fn = Object.freeze({
      ...this.#asked,
      ...limits,
      apis: apis && Object.freeze([...apis]),
      [standing]: { variant, share, isolation },
    });
    this.#made.set(inForce, fn);
    return fn;
  }
}
