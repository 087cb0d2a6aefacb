interface Queue<T> {
  readonly waiting: T[];
  running: number;
}

/**
 * Who begins next, where many tenants share a number of places. A tenant begins another one as long as it has fewer
 * running than there are places free: alone it takes half of them, two take a third each, and so on, so that there is a
 * place for whoever comes. Of those who may, the one with the fewest running is next, then the one that has waited longest.
 */
export class FairLine<T extends { readonly tenant: string }> {
  readonly #places: number;
  /** In the order in which they are next. */
  readonly #queues = new Map<string, Queue<T>>();
  #running = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** How many of a tenant wait. */
  waiting(tenant: string): number {
    return this.#queues.get(tenant)?.waiting.length ?? 0;
  }

  add(item: T): void {
    const queue = this.#queues.get(item.tenant) ?? { waiting: [], running: 0 };
    this.#queues.set(item.tenant, queue);
    queue.waiting.push(item);
  }

  /** The one that begins now: it has a place until `leave`. `undefined`: none may. */
  take(): T | undefined {
    const free = this.#places - this.#running;
    let next: [tenant: string, queue: Queue<T>] | undefined;
    for (const [tenant, queue] of this.#queues) {
      if (queue.waiting.length === 0 || queue.running >= free) continue;
      if (!next || queue.running < next[1].running) next = [tenant, queue];
    }
    if (!next) return undefined;
    const [tenant, queue] = next;
    // Behind all others.
    this.#queues.delete(tenant);
    this.#queues.set(tenant, queue);
    queue.running++;
    this.#running++;
    return queue.waiting.shift();
  }

  leave({ tenant }: T): void {
    const queue = this.#queues.get(tenant);
    if (!queue) return;
    queue.running--;
    this.#running--;
    if (queue.running === 0 && queue.waiting.length === 0) this.#queues.delete(tenant);
  }
}
