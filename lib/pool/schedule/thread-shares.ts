import { availableParallelism } from 'node:os';
import { whenBetweenTurns } from '../engine.ts';
import type { PoolEntry } from '../run/entry.ts';
import { Load, waits } from '../run/thread-charge.ts';
import type { Counted, Tenant } from './tenant.ts';

/** How long after its last invocation a tenant still counts as one whose turn must not be late, in ms. */
const attention = 10_000;
/** What waits is free up to this sum. */
const free = 0.5;
/** How long work must have gone on, in ms, before it can have shown that it does not compute. */
const trialTime = 5;
const tolerance = 1e-9;

/**
 * Keeps one tenant from taking every thread of the engine while there are others. An invocation counts by the share of
 * its time that its version spent on a thread so far, so that hundreds may wait for I/O but only a few compute. A runtime
 * of which that is not known yet counts as a whole thread, and so does one that is being loaded, until it has shown
 * otherwise. A tenant that is alone may use everything.
 */
export class ThreadShares {
  /** Threads one tenant may keep busy when it is not alone: all but one. */
  readonly limit: number;
  #latest = { id: '', at: Number.NEGATIVE_INFINITY };
  /** The latest tenant that is not the latest one. */
  #other = { id: '', at: Number.NEGATIVE_INFINITY };
  /** Tenants that wait for what they have on trial. */
  readonly #watched = new Set<Tenant>();
  readonly #passed: (tenant: Tenant) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param passed a tenant that was `watch`ed may have more by now. */
  constructor(passed: (tenant: Tenant) => void, threads = availableParallelism()) {
    this.#passed = passed;
    this.limit = Math.max(1, threads - 1);
  }

  /** A tenant asks for something. */
  noticed({ id }: Tenant, now: number): void {
    if (this.#latest.id === id) {
      this.#latest.at = now;
      return;
    }
    this.#other = this.#latest;
    this.#latest = { id, at: now };
  }

  /** Whether one more invocation may begin in `entry`. */
  mayBegin({ tenant, reputation }: Counted, entry: PoolEntry, now: number): boolean {
    // Whatever runs in it, a runtime is on one thread at a time.
    if (!reputation.known && entry.active > 0) return true;
    return this.#mayAdd(tenant, reputation.share, now);
  }

  /** Whether one more invocation of a version is in nobody's way: it waits, and so does little else. */
  isFree({ tenant, reputation }: Counted): boolean {
    return reputation.share < waits && tenant.waiting + reputation.share <= free;
  }

  /** One invocation more or less runs in `entry`. */
  count(group: Counted, entry: PoolEntry, now: number): void {
    const { tenant, reputation } = group;
    entry.charge.set(tenant, reputation.share, reputation.known ? entry.active : Math.min(entry.active, 1));
    entry.countedAt = now;
    if (entry.active > 0) tenant.busy.set(entry, group);
    else tenant.busy.delete(entry);
  }

  /** What ran in `entry` was stopped: it counts as computing until the runtime is closed, for it may not notice at once. */
  stopped({ tenant }: Counted, { charge }: PoolEntry): void {
    charge.set(tenant, 1);
  }

  closed({ tenant }: Counted, { charge }: PoolEntry): void {
    charge.set(tenant, 0);
  }

  mayLoad(tenant: Tenant, now: number): boolean {
    return this.#mayAdd(tenant, 1, now);
  }

  beginLoad(tenant: Tenant): Load {
    const load = new Load();
    load.charge.set(tenant, 1);
    tenant.loads.add(load);
    return load;
  }

  endLoad(load: Load, tenant: Tenant): void {
    load.charge.set(tenant, 0);
    tenant.loads.delete(load);
  }

  /** `tenant` may not have more now: looks again and again whether it may. */
  watch(tenant: Tenant): void {
    this.#watched.add(tenant);
    this.#timer ??= setTimeout(() => this.#look(performance.now()), trialTime).unref();
  }

  #look(now: number): void {
    this.#timer = undefined;
    const watched = [...this.#watched];
    this.#watched.clear();
    for (const tenant of watched) {
      if (this.#isAlone(tenant, now)) {
        this.#passed(tenant);
        continue;
      }
      for (const [entry, { reputation }] of tenant.busy) if (!reputation.known) this.#try(entry, tenant);
      for (const load of tenant.loads) if (load.charge.share >= waits) this.#try(load, tenant);
      // When nothing of it runs any more, it is held up by nothing of its own.
      if (tenant.busy.size + tenant.loads.size > 0) this.watch(tenant);
    }
  }

  /** Time on a thread is known when a turn is over, and whether it is over is known between two turns. */
  #try(work: PoolEntry | Load, tenant: Tenant): void {
    if (work.asked || !work.runtime) return;
    work.asked = true;
    void whenBetweenTurns(work.runtime).then(() => {
      work.asked = false;
      const elapsed = performance.now() - work.countedAt;
      if (elapsed < trialTime || work.busyMs > elapsed * waits) return;
      if (!this.#lower(work, tenant)) return;
      this.#passed(tenant);
    });
  }

  /** From now on it counts as work that waits. @returns whether it still goes on. */
  #lower(work: PoolEntry | Load, tenant: Tenant): boolean {
    if (work instanceof Load) {
      if (tenant.loads.has(work)) work.charge.set(tenant, 0);
      return tenant.loads.has(work);
    }
    const group = tenant.busy.get(work);
    group?.reputation.learn(0);
    if (group) this.count(group, work, work.countedAt);
    return group !== undefined;
  }

  #isAlone({ id }: Tenant, now: number): boolean {
    const other = this.#latest.id === id ? this.#other : this.#latest;
    return now - other.at > attention;
  }

  #mayAdd(tenant: Tenant, share: number, now: number): boolean {
    if (this.#isAlone(tenant, now)) return true;
    const mostlyWaits = share < waits;
    const waiting = tenant.waiting + (mostlyWaits ? share : 0);
    const computing = tenant.computing + (mostlyWaits ? 0 : share);
    return computing + Math.max(0, waiting - free) <= this.limit + tolerance;
  }
}
