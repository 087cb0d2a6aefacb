import type { ServerlessRuntime, TenantUsage, Usage } from 'isolet';
import type { UsageQuery, UsageRecord, UsageSums } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tenants } from './tenants.ts';

const hourMs = 3_600_000;

/** Where a page ended. */
export interface UsagePlace {
  readonly hour: number;
  readonly function: string;
}

/** What tenants use, by hour and function. What the process has not written down yet is lost if it is killed. */
export class UsageBook {
  readonly #storage: Storage;
  readonly #tenants: Tenants;
  readonly #runtime: ServerlessRuntime;
  /** Taken from the runtime, and could not be kept. */
  #waiting: UsageRecord[] = [];
  #flushing: Promise<void> | undefined;

  constructor(storage: Storage, tenants: Tenants, runtime: ServerlessRuntime) {
    this.#storage = storage;
    this.#tenants = tenants;
    this.#runtime = runtime;
  }

  /** By hour and function, those after a place. @throws {ServerError} if there is no such tenant */
  async read(query: UsageQuery, after: UsagePlace | undefined, limit: number): Promise<UsageRecord[]> {
    await this.#tenants.get(query.tenant);
    await this.flush();
    return this.#storage.usage.read(query, after, limit);
  }

  /** The sums of all hours, by function. @throws {ServerError} if there is no such tenant */
  async byFunction(query: UsageQuery): Promise<(UsageSums & { readonly function: string })[]> {
    await this.#tenants.get(query.tenant);
    await this.flush();
    return this.#storage.usage.byFunction(query);
  }

  /** Writes down what was used until now. */
  async flush(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    const hour = Math.floor(Date.now() / hourMs) * hourMs;
    for (const [tenant, usage] of Object.entries(this.#runtime.takeUsage())) {
      this.#waiting.push(...recordsOf(tenant, hour, usage));
    }
    if (this.#waiting.length === 0) return;
    const records = this.#waiting;
    this.#waiting = [];
    this.#flushing = this.#storage.usage
      .add(records)
      .catch((error: unknown) => {
        this.#waiting.push(...records);
        throw error;
      })
      .finally(() => {
        this.#flushing = undefined;
      });
    return this.#flushing;
  }
}

const recordsOf = (tenant: string, hour: number, { functions }: TenantUsage): UsageRecord[] =>
  Object.entries(functions).map(([name, usage]) => ({ tenant, function: name, hour, ...sumsOf(usage) }));

function sumsOf(usage: Usage): UsageSums {
  const { invocations, outcomes, coldStarts, refused, rateLimited, durationMs, cpuMs, gbMs, hostCalls, egress } = usage;
  return {
    ...{ invocations, errors: invocations - (outcomes.ok ?? 0), coldStarts, refused, rateLimited },
    ...{ durationMs, cpuMs, gbMs, hostCalls, fetches: egress.requests },
    ...{ bytesSent: egress.bytesSent, bytesReceived: egress.bytesReceived },
  };
}
