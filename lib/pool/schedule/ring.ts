import { InOrder } from '../../shared/in-order.ts';

/** Waits for its turn. */
export interface InLine {
  readonly tenant: object;
}

/**
 * Whose turn it is, tenant by tenant: a turn serves the tenant that was served longest ago, so that a flood of one tenant
 * costs another at most one turn. A tenant that can't be served is held: it keeps its line and gets no turns. Every
 * operation takes the same time however many wait.
 */
export class FairRing<T extends InLine> {
  readonly #turns = new InOrder<T['tenant'], InOrder<T>>();
  readonly #held = new Map<T['tenant'], InOrder<T>>();

  get empty(): boolean {
    return this.#turns.size === 0 && this.#held.size === 0;
  }

  get next(): T | undefined {
    const tenant = this.#turns.first;
    return tenant && this.#turns.get(tenant)?.first;
  }

  /** The first of each tenant, of so many tenants. */
  heads(max: number): T[] {
    const heads: T[] = [];
    for (const [, { first }] of this.#turns) {
      if (heads.length === max) break;
      if (first) heads.push(first);
    }
    return heads;
  }

  has(item: T): boolean {
    return this.#lineOf(item.tenant)?.has(item) === true;
  }

  add(item: T): void {
    const line = this.#lineOf(item.tenant);
    if (line) {
      line.set(item, true);
      return;
    }
    const added = new InOrder<T>();
    added.set(item, true);
    this.#turns.set(item.tenant, added);
  }

  delete(item: T): void {
    const line = this.#lineOf(item.tenant);
    if (!line?.delete(item) || line.size > 0) return;
    this.#turns.delete(item.tenant);
    this.#held.delete(item.tenant);
  }

  /** `item` was served: it goes behind the others of its tenant, and its tenant behind the other tenants. */
  served(item: T): void {
    const line = this.#turns.get(item.tenant);
    if (!line?.delete(item)) return;
    line.set(item, true);
    this.#turns.delete(item.tenant);
    this.#turns.set(item.tenant, line);
  }

  hold(tenant: T['tenant']): void {
    const line = this.#turns.get(tenant);
    if (!line) return;
    this.#turns.delete(tenant);
    this.#held.set(tenant, line);
  }

  isHeld(tenant: T['tenant']): boolean {
    return this.#held.has(tenant);
  }

  letGo(tenant: T['tenant']): void {
    const line = this.#held.get(tenant);
    if (!line) return;
    this.#held.delete(tenant);
    this.#turns.set(tenant, line);
  }

  #lineOf(tenant: T['tenant']): InOrder<T> | undefined {
    return this.#turns.get(tenant) ?? this.#held.get(tenant);
  }
}
