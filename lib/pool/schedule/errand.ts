import type { FunctionVersions } from './function-versions.ts';
import type { InLine } from './ring.ts';
import type { Tenant } from './tenant.ts';

/** Why it can't go on: what has to end first. */
export type Obstacle = 'pool' | 'tenant' | 'bound' | 'function' | 'cell' | 'room';

/** Something that waits for its turn beside the invocations: a runtime to prewarm, a load to try. */
export class Errand implements InLine {
  readonly tenant: Tenant;
  readonly versions: FunctionVersions | undefined;
  /** Heap limit of the runtime it is for. */
  readonly memoryMb: number;
  readonly servedAt = 0;
  readonly bound = undefined;
  readonly turn: Promise<void>;
  readonly #attempt: () => Obstacle | undefined;
  #over = false;
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  /** @param attempt takes what it needs; answers what it lacks, if anything. What it throws is for those that wait for `turn`. */
  constructor(
    of: { tenant: Tenant; versions: FunctionVersions | undefined; memoryMb: number },
    attempt: () => Obstacle | undefined,
  ) {
    this.tenant = of.tenant;
    this.versions = of.versions;
    this.memoryMb = of.memoryMb;
    this.#attempt = attempt;
    this.turn = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  attempt(): Obstacle | undefined {
    // Refused, and not yet out of the line.
    if (this.#over) return undefined;
    try {
      const obstacle = this.#attempt();
      if (obstacle !== undefined) return obstacle;
      this.#over = true;
      this.#settle?.resolve();
    } catch (error) {
      this.refuse(error);
    }
    return undefined;
  }

  refuse(error: unknown): void {
    this.#over = true;
    this.#settle?.reject(error);
  }
}
