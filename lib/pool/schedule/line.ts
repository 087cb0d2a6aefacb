import { InOrder } from '../../shared/in-order.ts';
import { Errand, type Obstacle } from './errand.ts';
import type { Group } from './group.ts';
import { FairRing } from './ring.ts';
import type { Tenant } from './tenant.ts';

/** What stands in the line: a version whose invocations wait, or an errand. */
export type Waiter = Group | Errand;

/** Those that wait for a cell stand behind this one. */
const cells = {};

/** How many are looked at when something they may wait for has ended. */
const looks = 16;

/**
 * What waits, and for what: for a turn, for the tenant to have less, for room in the pool, or for something of the same
 * function or bound to end. What can't be served is put aside by that and looked at again when it may have ended, so an
 * event costs the same however many wait.
 */
export class Line {
  readonly #turns = new FairRing<Waiter>();
  /** Those for whom the pool has no room. */
  readonly #roomless = new FairRing<Waiter>();
  /** By the function or the bound of which something has to end. */
  readonly #blocked = new Map<object, InOrder<Waiter>>();

  /** The one that has the next turn. */
  get next(): Waiter | undefined {
    return this.#turns.next;
  }

  /** Of those that wait for room the one that was served longest ago. */
  get firstRoomless(): Waiter | undefined {
    return this.#roomless.next;
  }

  /** Whether the end of something of this version is nothing to anybody. */
  isIndifferentTo({ versions, bound }: Group): boolean {
    if (!this.#turns.empty || !this.#roomless.empty) return false;
    return !this.#blocked.has(versions) && !(bound && this.#blocked.has(bound));
  }

  isHeld(tenant: Tenant): boolean {
    return this.#turns.isHeld(tenant);
  }

  letGo(tenant: Tenant): void {
    this.#turns.letGo(tenant);
  }

  add(item: Waiter): void {
    this.#turns.add(item);
  }

  /** It may be served now, whatever it waited for. */
  enter(item: Waiter): void {
    this.unblock(item);
    this.#turns.add(item);
  }

  leave(item: Waiter): void {
    this.#turns.delete(item);
    this.#roomless.delete(item);
    this.unblock(item);
  }

  unblock(item: Waiter): void {
    for (const what of [item.versions, item.bound, cells]) {
      const blocked = what && this.#blocked.get(what);
      if (blocked?.delete(item) && blocked.size === 0) this.#blocked.delete(what as object);
    }
  }

  /** Something of this version has ended: those that wait for that get a turn, as many as are looked at. */
  wake({ versions, bound }: Group): void {
    // Those of other versions that came before it too.
    this.#wake(versions);
    if (bound) this.#wake(bound);
  }

  /** There may be a cell for somebody. */
  wakeForCells(): void {
    this.#wake(cells);
  }

  /** `item` had its turn. @param obstacle what it lacks */
  setAside(item: Waiter, obstacle: Exclude<Obstacle, 'pool'> | undefined): void {
    if (obstacle === 'tenant') {
      this.#turns.hold(item.tenant);
      return;
    }
    const waits = item instanceof Errand ? obstacle !== undefined : item.queue.size > 0;
    if (waits && obstacle === undefined) {
      this.#turns.served(item);
      this.#roomless.served(item);
      return;
    }
    this.#turns.delete(item);
    if (!waits) return;
    if (obstacle === 'room') this.#roomless.add(item);
    else this.#block(obstacle === 'cell' ? cells : obstacle === 'bound' ? item.bound : item.versions, item);
  }

  /** Room in the pool goes to those that wait for it, in turns; one that needs more than there is does not hold up the others. */
  offerRoom(attempt: (item: Waiter) => Obstacle | undefined): void {
    let tooMuch = Number.POSITIVE_INFINITY;
    for (const item of this.#roomless.heads(looks)) {
      if (item.memoryMb >= tooMuch) continue;
      const obstacle = attempt(item);
      if (obstacle === 'room') tooMuch = item.memoryMb;
      else this.#roomless.delete(item);
      if (obstacle === 'room' || (item instanceof Errand && obstacle === undefined)) continue;
      this.#turns.add(item);
    }
  }

  #block(what: object | undefined, item: Waiter): void {
    if (!what) return;
    const blocked = this.#blocked.get(what) ?? new InOrder<Waiter>();
    blocked.set(item, true);
    this.#blocked.set(what, blocked);
  }

  #wake(what: object): void {
    const blocked = this.#blocked.get(what);
    if (!blocked) return;
    let left = looks;
    for (const [item] of blocked) {
      if (left-- === 0) return;
      blocked.delete(item);
      this.#turns.add(item);
    }
    this.#blocked.delete(what);
  }
}
