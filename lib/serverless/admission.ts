import { RateLimitError } from '../errors/index.ts';
import { ownIfAborted } from '../pool/failures/own-error.ts';
import { poolClosed } from '../pool/failures/refusal.ts';
import { checkInvokeOptions, type InvokeOptions } from '../pool/options/invoke-options.ts';
import type { Observable } from '../pool/report/emitter.ts';
import type { ServerlessEvents } from './events.ts';
import { orAborted } from './or-aborted.ts';
import type { Rates } from './rates.ts';
import type { StoredVersion } from './registry.ts';
import type { TierInForce } from './tiers.ts';
import type { Ledger } from './usage.ts';

/** Lets invocations in as the rates of their tenants allow. */
export class Admission {
  readonly #rates: Rates;
  readonly #ledger: Ledger;
  readonly #events: Observable<ServerlessEvents>;

  constructor(rates: Rates, ledger: Ledger, events: Observable<ServerlessEvents>) {
    this.#rates = rates;
    this.#ledger = ledger;
    this.#events = events;
  }

  /** Counts against the tenant's rate, if it has one. @throws {RateLimitError} */
  admit({ fn }: StoredVersion, inForce: TierInForce | undefined): void | Promise<void> {
    if (!inForce?.tier.rate) return;
    const refused = (error: unknown): never => {
      if (error instanceof RateLimitError) {
        this.#ledger.refused(fn.tenantId, fn.name, 'rateLimited');
        const ref = { tenantId: fn.tenantId, functionName: fn.name, version: fn.version };
        this.#events.tell('rateLimited', { ...ref, retryAfter: error.retryAfter });
      }
      throw error;
    };
    try {
      return this.#rates.consume(fn.tenantId, inForce.name, inForce.tier.rate)?.catch(refused);
    } catch (error) {
      refused(error);
    }
  }
}

/** What an invocation waits for before the pool has it: not longer than its signal lets it, nor after `closing`. */
export async function whileWaiting<T>(work: Promise<T>, options: InvokeOptions, closing: AbortSignal): Promise<T> {
  const { signal } = checkInvokeOptions(options);
  const unlessClosed = orAborted(work, closing);
  try {
    return await (signal ? orAborted(unlessClosed, signal) : unlessClosed);
  } catch (error) {
    throw closing.aborted && error === closing.reason ? poolClosed() : ownIfAborted(error, signal);
  }
}
