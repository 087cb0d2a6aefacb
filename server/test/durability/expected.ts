import { expect } from 'vitest';

/** What one thing that is written may be after an end that nobody was told about. `undefined`: it is gone. */
export class Expected<T = number> {
  /** The last that was acknowledged. */
  #kept: T | undefined;
  /** Asked for since, not answered. */
  #open: (T | undefined)[] = [];

  asked(value: T | undefined): void {
    this.#open.push(value);
  }

  acknowledged(value: T | undefined): void {
    this.#kept = value;
    this.#open = [];
  }

  /** Takes what is there for the truth. */
  check(found: T | undefined, what: string): void {
    expect([this.#kept, ...this.#open], what).toContain(found);
    this.acknowledged(found);
  }
}
