// Tenants whose statements could only be stopped with the whole process: they wait before they get another.
import { SqlError } from './sql-error.ts';

/** ms */
const first = 10_000;
const longest = 300_000;

export class Stuck {
  readonly #tenants = new Map<string, { readonly until: number; readonly pause: number }>();

  add(tenant: string): void {
    const before = this.#tenants.get(tenant);
    const pause = Math.min(longest, before === undefined ? first : before.pause * 4);
    this.#tenants.set(tenant, { until: performance.now() + pause, pause });
  }

  /** @throws {SqlError} `SQL_BUSY` */
  check(tenant: string): void {
    const known = this.#tenants.get(tenant);
    if (!known) return;
    const left = known.until - performance.now();
    // Forgiven after as long again as it had to wait.
    if (left < -known.pause) this.#tenants.delete(tenant);
    if (left <= 0) return;
    const message = `a statement of this tenant could not be stopped: SQL is available again in ${Math.ceil(left)} ms`;
    throw new SqlError('SQL_BUSY', message, { limit: known.pause });
  }
}
