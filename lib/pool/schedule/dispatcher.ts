import type { Places } from '../cells/place.ts';
import { capacity } from '../failures/refusal.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';
import type { PoolEntry } from '../run/entry.ts';
import { Errand, type Obstacle } from './errand.ts';
import type { Group } from './group.ts';
import { Line, type Waiter } from './line.ts';
import type { Lease } from './queue.ts';
import type { Runtimes } from './runtimes.ts';
import { type StartHooks, Starts } from './starts.ts';
import type { Tenant } from './tenant.ts';
import { ThreadShares } from './thread-shares.ts';

export type DispatcherHooks = Pick<StartHooks, 'emptied' | 'started'>;

/** Serves those that wait, in turns: gives runtimes that are ready, and has others made. */
export class Dispatcher {
  /** Invocations that run. */
  active = 0;
  readonly threads = new ThreadShares((tenant) => this.released(tenant));
  readonly #options: ResolvedPoolOptions;
  readonly #runtimes: Runtimes;
  readonly #hooks: DispatcherHooks;
  readonly #starts: Starts;
  readonly #places: Places;
  readonly #line = new Line();
  readonly #errands = new Set<Errand>();
  #serving = false;
  #turn = 0;

  constructor(options: ResolvedPoolOptions, runtimes: Runtimes, places: Places, hooks: DispatcherHooks) {
    this.#options = options;
    this.#runtimes = runtimes;
    this.#places = places;
    this.#hooks = hooks;
    this.#starts = new Starts(runtimes, this.threads, places, {
      emptied: (group) => hooks.emptied(group),
      started: (group, entry) => hooks.started(group, entry),
      served: (group) => this.#served(group),
      freed: (group) => this.freed(group),
      mayRun: (tenant) => this.#tenantMayRun(tenant),
    });
  }

  /** A runtime with room for one invocation that may begin now, and nobody has to be served before. */
  take(group: Group): Lease | undefined {
    const { tenant } = group;
    if (group.queue.size > 0 || (this.#line.isHeld(tenant) && !this.threads.isFree(group))) return undefined;
    if (this.active >= this.#options.maxConcurrency || group.full) return undefined;
    if (!this.#tenantMayRun(tenant)) return undefined;
    const now = performance.now();
    const entry = this.#runtimes.pick(group, now);
    return entry && this.threads.mayBegin(group, entry, now) ? this.#lease(group, entry, false, now) : undefined;
  }

  /** An invocation of `group` has begun to wait, or one that waits may be served. */
  enter(group: Group): void {
    this.#line.enter(group);
    this.released(group.tenant);
  }

  /** Waits for a turn, and gets what it needs in it. */
  async do(errand: Errand): Promise<void> {
    this.#errands.add(errand);
    this.#line.add(errand);
    this.released(errand.tenant);
    try {
      await errand.turn;
    } finally {
      this.#errands.delete(errand);
      this.#line.leave(errand);
      this.released(errand.tenant);
    }
  }

  refuseErrands(error: unknown): void {
    for (const errand of this.#errands) errand.refuse(error);
  }

  /** Nobody waits for `group` any more: others of its tenant stood behind it, and its runtimes may go for others. */
  left(group: Group): void {
    this.#line.leave(group);
    this.freed(group);
  }

  /** Makes a runtime that nobody waits for yet, unless there are `count`. @throws what loading the function throws. */
  async prewarm(group: Group, count: number): Promise<void> {
    let start: Promise<void> | undefined;
    const { fn, tenant, versions } = group;
    const errand = new Errand({ tenant, versions, memoryMb: fn.memoryMb }, () => {
      if (group.entries.size + group.starting >= count) return undefined;
      const refusal = this.#starts.refusal(group);
      if (refusal) throw refusal;
      const obstacle = this.#starts.obstacle(group, false);
      const { budget } = this.#runtimes;
      const full = obstacle === 'cell' ? this.#places.full() : undefined;
      if (full) throw full;
      if (obstacle === 'room' && !budget.willFit(fn.memoryMb)) {
        throw capacity(
          "There is no room in the pool to prewarm a runtime. Raise 'maxRuntimes' or 'maxMemoryMb'.",
          budget.maxRuntimes,
          budget.runtimes,
        );
      }
      if (obstacle === undefined) start = this.#starts.start(group);
      // Told below.
      start?.catch(() => {});
      return obstacle;
    });
    group.prewarms.add(errand);
    try {
      await this.do(errand);
    } finally {
      group.prewarms.delete(errand);
    }
    await start;
  }

  /** The invocation of a lease has ended. */
  release(group: Group, entry: PoolEntry): void {
    entry.active--;
    group.active--;
    group.versions.active--;
    group.tenant.active--;
    if (group.bound) group.bound.active--;
    this.active--;
    this.threads.count(group, entry, performance.now());
  }

  /** Something of this version has ended, or came to be idle: those that may have waited for that are looked at. */
  freed(group: Group): void {
    if (this.#line.isIndifferentTo(group)) return;
    this.#line.wake(group);
    this.#line.unblock(group);
    if (group.queue.size > 0) this.#line.add(group);
    this.#line.letGo(group.tenant);
    const first = this.#line.firstRoomless;
    // A runtime that came free is this version's, unless somebody who was served longer ago needs its room.
    if (first && isBefore(first, group)) this.#offerRoom();
    this.#serve();
    this.#offerRoom();
    this.#serve();
  }

  /** There may be a cell for somebody. */
  cellsFreed(): void {
    this.#line.wakeForCells();
    this.#serve();
  }

  /** The tenant may have more than before. */
  released(tenant: Tenant): void {
    this.#line.letGo(tenant);
    this.#serve();
  }

  #tenantMayRun(tenant: Tenant): boolean {
    return tenant.active < this.#options.tenantConcurrency(tenant.id);
  }

  #lease(group: Group, entry: PoolEntry, coldStart: boolean, now: number): Lease {
    if (entry.active === 0) {
      this.#runtimes.idle.delete(entry);
      entry.place.setBusy(true);
    }
    entry.active++;
    entry.served++;
    group.active++;
    group.versions.active++;
    group.tenant.active++;
    if (group.bound) group.bound.active++;
    this.active++;
    this.#served(group);
    this.threads.count(group, entry, now);
    return { entry, coldStart };
  }

  #served(group: Group): void {
    this.#turn++;
    group.servedAt = this.#turn;
    group.tenant.servedAt = this.#turn;
  }

  #serve(): void {
    // What comes to the line meanwhile is seen by the loop that runs.
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let item = this.#line.next; item; item = this.#line.next) {
        const obstacle = item instanceof Errand ? item.attempt() : this.#serveOne(item);
        // Nobody else is served either until an invocation ends.
        if (obstacle === 'pool') return;
        if (obstacle === 'tenant') this.threads.watch(item.tenant);
        this.#line.setAside(item, obstacle);
      }
    } finally {
      this.#serving = false;
    }
  }

  /** One turn of a version: serves the first that waits, or says what is in the way. */
  #serveOne(group: Group): Obstacle | undefined {
    group.lacks = this.#serveFirst(group);
    return group.lacks;
  }

  #serveFirst(group: Group): Obstacle | undefined {
    const { tenant } = group;
    const ticket = group.queue.first;
    if (!ticket) return undefined;
    if (!this.#tenantMayRun(tenant)) return 'tenant';
    const full = this.active >= this.#options.maxConcurrency;
    const now = performance.now();
    if (group.full) return group.full;
    const entry = this.#runtimes.pick(group, now);
    if (full) {
      if (!entry) this.#starts.startFor(group, true);
      return 'pool';
    }
    if (!entry) return this.#starts.startFor(group, false) ?? 'function';
    if (!this.threads.mayBegin(group, entry, now)) return 'tenant';
    ticket.grant(this.#lease(group, entry, ticket.since < entry.readyAt, now));
    if (group.queue.size === 0) this.#hooks.emptied(group);
    return undefined;
  }

  #offerRoom(): void {
    this.#line.offerRoom((item) => (item instanceof Errand ? item.attempt() : this.#startInRoom(item)));
  }

  /** One that has a runtime by now needs no other. */
  #startInRoom(group: Group): Obstacle | undefined {
    return this.#runtimes.pick(group, performance.now()) ? undefined : this.#starts.startFor(group, false);
  }
}

const isBefore = (one: Waiter, other: Group): boolean =>
  one.tenant === other.tenant ? one.servedAt < other.servedAt : one.tenant.servedAt < other.tenant.servedAt;
