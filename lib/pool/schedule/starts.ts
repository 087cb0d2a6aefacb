import type { Places } from '../cells/place.ts';
import { capacity } from '../failures/refusal.ts';
import type { PoolEntry } from '../run/entry.ts';
import type { Obstacle } from './errand.ts';
import type { Group } from './group.ts';
import type { Runtimes } from './runtimes.ts';
import type { Tenant } from './tenant.ts';
import type { ThreadShares } from './thread-shares.ts';

export interface StartHooks {
  /** The last one that waited for a version is gone. */
  emptied(group: Group): void;
  /** A start is over, one way or the other, and what it was for was served. */
  started(group: Group, entry: PoolEntry | undefined): void;
  /** A version has had its turn. */
  served(group: Group): void;
  /** Something of this version has ended, or came to be idle. */
  freed(group: Group): void;
  /** Whether the tenant may have one more invocation. */
  mayRun(tenant: Tenant): boolean;
}

/** Makes runtimes for those that wait, as far as tenant, function and pool have room for them. */
export class Starts {
  readonly #runtimes: Runtimes;
  readonly #threads: ThreadShares;
  readonly #places: Places;
  readonly #on: StartHooks;

  constructor(runtimes: Runtimes, threads: ThreadShares, places: Places, on: StartHooks) {
    this.#runtimes = runtimes;
    this.#threads = threads;
    this.#places = places;
    this.#on = on;
  }

  /**
   * Starts the runtimes that those need that wait. Not held up by what others run: when its turn comes, the runtime is there.
   *
   * @param modest - only if none has to go for it.
   */
  startFor(group: Group, modest: boolean): Obstacle | undefined {
    const { fn, queue, tenant } = group;
    while (group.needsRuntime) {
      const refusal = this.refusal(group);
      if (refusal) {
        queue.refuse(queue.all, refusal);
        this.#on.emptied(group);
        return undefined;
      }
      const obstacle = this.#on.mayRun(tenant) ? this.obstacle(group, modest) : 'tenant';
      if (obstacle !== undefined) return obstacle;
      const start = () => this.start(group);
      // Whoever gave up a place has nothing to do with what the function's code does when it is loaded.
      const ticket = queue.expect(fn.concurrencyPerRuntime, group.starting === 0);
      void (ticket ? ticket.run(start) : start()).catch(() => {});
    }
    return undefined;
  }

  /** Why no runtime of a version is made at all, or not for a while. */
  refusal({ fn }: Group): Error | undefined {
    const { maxMemoryMb } = this.#runtimes.budget;
    if (fn.memoryMb <= maxMemoryMb) return this.#places.refusal(fn);
    const message = `A runtime of ${fn.memoryMb} MiB (memoryMb) is more than the pool's ${maxMemoryMb} MiB (maxMemoryMb).`;
    return capacity(message, maxMemoryMb, fn.memoryMb, false);
  }

  /** What keeps one more runtime of a version from being made now, if anything. @param modest see `startFor` */
  obstacle(group: Group, modest: boolean): Obstacle | undefined {
    const { fn, tenant } = group;
    if (!this.#threads.mayLoad(tenant, performance.now())) return 'tenant';
    if (!this.#runtimes.makeRoomInFunction(group)) return 'function';
    if (!this.#places.hasRoom(fn, modest)) return 'cell';
    const room = modest ? this.#runtimes.budget.fits(fn.memoryMb) : this.#runtimes.makeRoom(fn);
    return room ? undefined : 'room';
  }

  /** There must be no obstacle. @throws what loading the function throws. */
  start(group: Group): Promise<void> {
    const { tenant, queue, fn } = group;
    const load = this.#threads.beginLoad(tenant);
    this.#on.served(group);
    return this.#runtimes.start(group, (runtime) => load.begins(runtime), {
      done: (entry) => {
        this.#threads.endLoad(load, tenant);
        this.#on.freed(group);
        this.#on.started(group, entry);
        // Unused, it may go for somebody else's.
        this.#on.freed(group);
      },
      failed: (error, signal) => {
        this.#threads.endLoad(load, tenant);
        // The invocations that shared this start share its failure; the rest gets another try. So do those that came
        // after it was stopped.
        if (!signal.aborted) queue.refuse(queue.front(fn.concurrencyPerRuntime), error);
        this.#on.freed(group);
        this.#on.started(group, undefined);
      },
    });
  }
}
