const nothing = { size: 0, memoryMb: 0 };

/** Room for runtimes: their number and the sum of their heap limits. A runtime counts until it is gone. */
export class Budget {
  readonly maxRuntimes: number;
  readonly maxMemoryMb: number;
  runtimes = 0;
  memoryMb = 0;
  /** The part of the above that is being closed. */
  #leavingRuntimes = 0;
  #leavingMb = 0;

  constructor(maxRuntimes: number, maxMemoryMb: number) {
    this.maxRuntimes = maxRuntimes;
    this.maxMemoryMb = maxMemoryMb;
  }

  /** Whether one more fits now. */
  fits(memoryMb: number): boolean {
    return this.runtimes < this.maxRuntimes && this.memoryMb + memoryMb <= this.maxMemoryMb;
  }

  /** Whether one more will fit once everything that is being closed is gone, and `also` as well. */
  willFit(memoryMb: number, also = nothing): boolean {
    return (
      this.runtimes - this.#leavingRuntimes - also.size < this.maxRuntimes &&
      this.memoryMb - this.#leavingMb - also.memoryMb + memoryMb <= this.maxMemoryMb
    );
  }

  take(memoryMb: number): void {
    this.runtimes++;
    this.memoryMb += memoryMb;
  }

  leaving(memoryMb: number): void {
    this.#leavingRuntimes++;
    this.#leavingMb += memoryMb;
  }

  /** @param wasLeaving `leaving` was called for it. */
  give(memoryMb: number, wasLeaving: boolean): void {
    this.runtimes--;
    this.memoryMb -= memoryMb;
    if (!wasLeaving) return;
    this.#leavingRuntimes--;
    this.#leavingMb -= memoryMb;
  }
}
