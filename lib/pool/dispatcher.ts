import type { PoolEntry } from './entry.ts';
import { Errand, type Obstacle } from './errand.ts';
import type { Group } from './group.ts';
import type { ResolvedPoolOptions } from './options.ts';
import type { Lease } from './queue.ts';
import { capacity } from './refusal.ts';
import { FairRing } from './ring.ts';
import type { Runtimes } from './runtimes.ts';
import type { Tenant } from './tenant.ts';
import { ThreadShares } from './thread-shares.ts';

/** How many are looked at when something they may wait for has ended. */
const looks = 16;

export interface DispatcherHooks {
  /** The last one that waited for a version is gone. */
  emptied(group: Group): void;
  /** A start is over, one way or the other, and what it was for was served. */
  started(group: Group, entry: PoolEntry | undefined): void;
}

/**
 * Serves who waits, in turns. Who can't be served is put aside by what it waits for and looked at again when that may
 * have ended, so an event costs the same however many wait.
 */
export class Dispatcher {
  /** Invocations that run. */
  active = 0;
  readonly threads = new ThreadShares((tenant) => this.released(tenant));
  readonly #options: ResolvedPoolOptions;
  readonly #runtimes: Runtimes;
  readonly #hooks: DispatcherHooks;
  readonly #line = new FairRing<Group | Errand>();
  /** Those for whom the pool has no room. */
  readonly #roomless = new FairRing<Group | Errand>();
  readonly #errands = new Set<Errand>();
  #serving = false;
  #turn = 0;

  constructor(options: ResolvedPoolOptions, runtimes: Runtimes, hooks: DispatcherHooks) {
    this.#options = options;
    this.#runtimes = runtimes;
    this.#hooks = hooks;
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
    this.#unblock(group);
    this.#line.add(group);
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
      this.#leave(errand);
      this.released(errand.tenant);
    }
  }

  refuseErrands(error: unknown): void {
    for (const errand of this.#errands) errand.refuse(error);
  }

  /** Nobody waits for `group` any more: others of its tenant stood behind it, and its runtimes may go for others. */
  left(group: Group): void {
    this.#leave(group);
    this.freed(group);
  }

  /** Makes a runtime that nobody waits for yet, unless there are `count`. @throws what loading the function throws. */
  async prewarm(group: Group, count: number): Promise<void> {
    let start: Promise<void> | undefined;
    const { fn, tenant, versions } = group;
    const errand = new Errand({ tenant, versions, memoryMb: fn.memoryMb }, () => {
      if (group.entries.size + group.starting >= count) return undefined;
      const obstacle = this.#obstacleToStart(group, false);
      const { budget } = this.#runtimes;
      if (obstacle === 'room' && !budget.willFit(fn.memoryMb)) {
        throw capacity(
          "There is no room in the pool to prewarm a runtime. Raise 'maxRuntimes' or 'maxMemoryMb'.",
          budget.maxRuntimes,
          budget.runtimes,
        );
      }
      if (obstacle === undefined) start = this.#start(group);
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

  /** Something of this version has ended, or came to be idle: who may have waited for that is looked at. */
  freed(group: Group): void {
    const { versions, tenant, bound } = group;
    if (this.#line.empty && this.#roomless.empty && versions.blocked.size === 0 && !bound?.blocked.size) return;
    // Those of other versions that came before it too.
    this.#wake(versions.blocked);
    if (bound) this.#wake(bound.blocked);
    this.#unblock(group);
    if (group.queue.size > 0) this.#line.add(group);
    this.#line.letGo(tenant);
    const first = this.#roomless.next;
    // A runtime that came free is this version's, unless somebody who was served longer ago needs its room.
    if (first && isBefore(first, group)) this.#offerRoom();
    this.#serve();
    this.#offerRoom();
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
    if (entry.active === 0) this.#runtimes.idle.delete(entry);
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
        this.#setAside(item, obstacle);
      }
    } finally {
      this.#serving = false;
    }
  }

  #setAside(item: Group | Errand, obstacle: Obstacle | undefined): void {
    if (obstacle === 'tenant') {
      this.#line.hold(item.tenant);
      this.threads.watch(item.tenant);
      return;
    }
    const waits = item instanceof Errand ? obstacle !== undefined : item.queue.size > 0;
    if (waits && obstacle === undefined) {
      this.#line.served(item);
      this.#roomless.served(item);
      return;
    }
    this.#line.delete(item);
    if (!waits) return;
    if (obstacle === 'room') this.#roomless.add(item);
    else if (obstacle === 'bound') item.bound?.blocked.add(item);
    else item.versions?.blocked.add(item);
  }

  /** One turn of a version: serves the first that waits, or says what is in the way. */
  #serveOne(group: Group): Obstacle | undefined {
    const { tenant } = group;
    const ticket = group.queue.first;
    if (!ticket) return undefined;
    if (!this.#tenantMayRun(tenant)) return 'tenant';
    const full = this.active >= this.#options.maxConcurrency;
    const now = performance.now();
    if (group.full) return group.full;
    const entry = this.#runtimes.pick(group, now);
    if (full) {
      if (!entry) this.#startFor(group, true);
      return 'pool';
    }
    if (!entry) return this.#startFor(group, false) ?? 'function';
    if (!this.threads.mayBegin(group, entry, now)) return 'tenant';
    ticket.grant(this.#lease(group, entry, ticket.since < entry.readyAt, now));
    if (group.queue.size === 0) this.#hooks.emptied(group);
    return undefined;
  }

  /**
   * Starts the runtimes that who waits needs. Not held up by what others run: when its turn comes, the runtime is there.
   *
   * @param modest - only if none has to go for it.
   */
  #startFor(group: Group, modest: boolean): Obstacle | undefined {
    const { fn, queue, tenant } = group;
    while (group.needsRuntime) {
      const { budget } = this.#runtimes;
      if (fn.memoryMb > budget.maxMemoryMb) {
        const message = `A runtime of ${fn.memoryMb} MiB (memoryMb) is more than the pool's ${budget.maxMemoryMb} MiB (maxMemoryMb).`;
        queue.refuse(queue.all, capacity(message, budget.maxMemoryMb, fn.memoryMb, false));
        this.#hooks.emptied(group);
        return undefined;
      }
      const obstacle = this.#tenantMayRun(tenant) ? this.#obstacleToStart(group, modest) : 'tenant';
      if (obstacle !== undefined) return obstacle;
      const start = () => this.#start(group);
      // Whoever gave up a place has nothing to do with what the function's code does when it is loaded.
      const ticket = queue.behind(group.expected);
      void (ticket ? ticket.run(start) : start()).catch(() => {});
    }
    return undefined;
  }

  #obstacleToStart(group: Group, modest: boolean): Obstacle | undefined {
    const { fn, tenant } = group;
    if (!this.threads.mayLoad(tenant, performance.now())) return 'tenant';
    if (!this.#runtimes.makeRoomInFunction(group)) return 'function';
    const room = modest ? this.#runtimes.budget.fits(fn.memoryMb) : this.#runtimes.makeRoom(fn);
    return room ? undefined : 'room';
  }

  /** @throws what loading the function throws. */
  #start(group: Group): Promise<void> {
    const { tenant, queue, fn } = group;
    const load = this.threads.beginLoad(tenant);
    this.#served(group);
    return this.#runtimes.start(group, (runtime) => load.begins(runtime), {
      done: (entry) => {
        this.threads.endLoad(load, tenant);
        this.freed(group);
        this.#hooks.started(group, entry);
        // Unused, it may go for somebody else's.
        this.freed(group);
      },
      failed: (error, signal) => {
        this.threads.endLoad(load, tenant);
        // The invocations that shared this start share its failure; the rest gets another try. So do those that came
        // after it was stopped.
        if (!signal.aborted) queue.refuse(queue.front(fn.concurrencyPerRuntime), error);
        this.freed(group);
        this.#hooks.started(group, undefined);
      },
    });
  }

  #leave(item: Group | Errand): void {
    this.#line.delete(item);
    this.#roomless.delete(item);
    this.#unblock(item);
  }

  #unblock(item: Group | Errand): void {
    item.versions?.blocked.delete(item);
    item.bound?.blocked.delete(item);
  }

  #wake(blocked: Set<Group | Errand>): void {
    let left = looks;
    for (const item of blocked) {
      if (left-- === 0) return;
      blocked.delete(item);
      this.#line.add(item);
    }
  }

  /** Room in the pool goes to who waits for it, in turns; who needs more than there is does not hold up the others. */
  #offerRoom(): void {
    let tooMuch = Number.POSITIVE_INFINITY;
    for (const item of this.#roomless.heads(looks)) {
      if (item.memoryMb >= tooMuch) continue;
      const obstacle = item instanceof Errand ? item.attempt() : this.#startInRoom(item);
      if (obstacle === 'room') tooMuch = item.memoryMb;
      else this.#roomless.delete(item);
      if (obstacle === 'room' || (item instanceof Errand && obstacle === undefined)) continue;
      this.#line.add(item);
    }
  }

  /** One that has a runtime by now needs no other. */
  #startInRoom(group: Group): Obstacle | undefined {
    return this.#runtimes.pick(group, performance.now()) ? undefined : this.#startFor(group, false);
  }
}

const isBefore = (one: Group | Errand, other: Group): boolean =>
  one.tenant === other.tenant ? one.servedAt < other.servedAt : one.tenant.servedAt < other.tenant.servedAt;
