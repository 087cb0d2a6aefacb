import { InOrder } from '../../shared/in-order.ts';

/** Does tasks one after the other; the next is one of the tenant that was served longest ago. */
export class Turns {
  /** What waits and what runs, by tenant; the tenant whose turn it is comes first. */
  readonly #tenants = new InOrder<string, (() => Promise<void>)[]>();

  do<T>(tenantId: string, task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const idle = this.#tenants.size === 0;
      const tasks = this.#tenants.get(tenantId) ?? [];
      tasks.push(() => task().then(resolve, reject));
      this.#tenants.set(tenantId, tasks);
      if (idle) void this.#run();
    });
  }

  async #run(): Promise<void> {
    // A loop over a Map meets again what is put at its end.
    for (const [tenantId, tasks] of this.#tenants) {
      await tasks[0]?.();
      tasks.shift();
      this.#tenants.delete(tenantId);
      if (tasks.length > 0) this.#tenants.set(tenantId, tasks);
    }
  }
}
