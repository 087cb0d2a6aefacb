import { byId } from '../../options/by-id.ts';
import { capacity } from '../failures/refusal.ts';
import { label } from '../function/label.ts';

/**
 * Runtimes that the engine had to give up, by tenant. A process may lose only so many before it takes no new work
 * (`setProcessLimits`); with a bound of its own no tenant can use up all of them.
 */
export class Losses {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  add(tenantId: string): void {
    this.#counts.set(tenantId, (this.#counts.get(tenantId) ?? 0) + 1);
  }

  /** Why nothing of this tenant is started any more, if that is so. */
  refusal(tenantId: string): Error | undefined {
    const lost = this.#counts.get(tenantId) ?? 0;
    if (lost < this.#max) return undefined;
    const message = `Functions of tenant '${label(tenantId)}' could not be stopped and took ${lost} runtimes with them`;
    return capacity(`${message}; nothing of it is started until 'forgive' is called.`, this.#max, lost, false);
  }

  /** @throws {CapacityError} if nothing of this tenant is started any more. */
  check(tenantId: string): void {
    const refusal = this.refusal(tenantId);
    if (refusal) throw refusal;
  }

  forgive(tenantId: string): number {
    const lost = this.#counts.get(tenantId) ?? 0;
    this.#counts.delete(tenantId);
    return lost;
  }

  toJSON(): Record<string, number> {
    return byId(this.#counts);
  }
}
