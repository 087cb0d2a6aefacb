/** Does tasks one after the other, taking turns between tenants: a flood of one tenant costs another at most one turn. */
export class Turns {
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  #running = false;

  get idle(): boolean {
    return !this.#running;
  }

  do<T>(tenantId: string, task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tasks = this.#waiting.get(tenantId) ?? [];
      tasks.push(() => task().then(resolve, reject));
      this.#waiting.set(tenantId, tasks);
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const [tenantId, tasks] of this.#waiting) {
      // The tenant goes behind the others; a loop over a Map meets again what is put at its end.
      this.#waiting.delete(tenantId);
      const task = tasks.shift();
      if (tasks.length > 0) this.#waiting.set(tenantId, tasks);
      await task?.();
    }
    this.#running = false;
  }
}
