import type { ServerlessRuntime, Usage } from 'isolet';
import { noUse, type UseBook } from '../bindings/use-book.ts';
import type { BindingUse, UsageQuery, UsageRecord, UsageSums } from '../storage/records.ts';
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
  readonly #uses: UseBook;
  /** Taken from the runtime, and could not be kept. */
  readonly #waiting = new Map<string, UsageRecord>();
  #flushing: Promise<void> | undefined;

  constructor(storage: Storage, tenants: Tenants, runtime: ServerlessRuntime, uses: UseBook) {
    this.#storage = storage;
    this.#tenants = tenants;
    this.#runtime = runtime;
    this.#uses = uses;
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
    for (const [tenant, { functions }] of Object.entries(this.#runtime.takeUsage())) {
      for (const [name, usage] of Object.entries(functions)) {
        this.#gather({ tenant, function: name, hour, ...reportsOf(usage), ...noUse });
      }
    }
    for (const { tenant, function: name, use } of this.#uses.take()) {
      this.#gather({ tenant, function: name, hour, ...noReports, ...use });
    }
    if (this.#waiting.size === 0) return;
    const records = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#flushing = this.#storage.usage
      .add(records)
      .catch((error: unknown) => {
        for (const record of records) this.#gather(record);
        throw error;
      })
      .finally(() => {
        this.#flushing = undefined;
      });
    return this.#flushing;
  }

  /** Of the same function and hour there is one record, however long nothing can be kept. */
  #gather(record: UsageRecord): void {
    const key = `${record.tenant}/${record.function}/${record.hour}`;
    const before = this.#waiting.get(key);
    this.#waiting.set(key, before ? joined(before, record) : record);
  }
}

type Reports = Omit<UsageSums, keyof BindingUse>;

const noReports: Reports = {
  ...{ invocations: 0, errors: 0, coldStarts: 0, refused: 0, rateLimited: 0 },
  ...{ durationMs: 0, cpuMs: 0, gbMs: 0, hostCalls: 0, fetches: 0, bytesSent: 0, bytesReceived: 0 },
};

const names = Object.keys({ ...noReports, ...noUse }) as (keyof UsageSums)[];

const joined = (one: UsageRecord, other: UsageRecord): UsageRecord => ({
  ...one,
  ...Object.fromEntries(names.map((name) => [name, one[name] + other[name]])),
});

function reportsOf(usage: Usage): Reports {
  const { invocations, outcomes, coldStarts, refused, rateLimited, durationMs, cpuMs, gbMs, hostCalls, egress } = usage;
  return {
    ...{ invocations, errors: invocations - (outcomes.ok ?? 0), coldStarts, refused, rateLimited },
    ...{ durationMs, cpuMs, gbMs, hostCalls, fetches: egress.requests },
    ...{ bytesSent: egress.bytesSent, bytesReceived: egress.bytesReceived },
  };
}
