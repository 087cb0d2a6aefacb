/** Counts changes of what a tenant's functions find in `env`: what was loaded before one has old values. */
export class Epochs {
  readonly #counts = new Map<string, number>();

  of(tenant: string): number {
    return this.#counts.get(tenant) ?? 0;
  }

  next(tenant: string): void {
    this.#counts.set(tenant, this.of(tenant) + 1);
  }
}
