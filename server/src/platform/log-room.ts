import type { LogLine } from '../storage/records.ts';
import { lineBytes } from '../storage/storage.ts';

/** Characters of lines that may wait for the disk: of all, and of one tenant. */
const most = 32 * 1024 * 1024;
const mostOfOne = 8 * 1024 * 1024;

/** Lines that wait for the disk. What there is no room for is counted, and told in a line of its own. */
export class LogRoom {
  #lines: LogLine[] = [];
  #size = 0;
  readonly #sizes = new Map<string, number>();
  /** By tenant and function. */
  readonly #dropped = new Map<string, { readonly line: LogLine; count: number }>();

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#dropped.size === 0;
  }

  add(line: LogLine): void {
    const size = line.text.length + lineBytes;
    const own = (this.#sizes.get(line.tenant) ?? 0) + size;
    if (own > mostOfOne || this.#size + size > most) {
      this.#drop(line);
      return;
    }
    this.#sizes.set(line.tenant, own);
    this.#size += size;
    this.#lines.push(line);
  }

  /** All that wait, and how many were dropped meanwhile. */
  take(): { lines: readonly LogLine[]; dropped: number } {
    const notes = [...this.#dropped.values()].map(({ line, count }): LogLine => {
      const text = `${count} lines were dropped: more came than could be kept`;
      return { ...line, at: Date.now(), level: 'warn', invocation: undefined, version: undefined, text };
    });
    const taken = {
      lines: [...this.#lines, ...notes],
      dropped: [...this.#dropped.values()].reduce((sum, { count }) => sum + count, 0),
    };
    this.#lines = [];
    this.#size = 0;
    this.#sizes.clear();
    this.#dropped.clear();
    return taken;
  }

  #drop(line: LogLine): void {
    const key = `${line.tenant}/${line.function}`;
    const dropped = this.#dropped.get(key) ?? { line, count: 0 };
    dropped.count++;
    this.#dropped.set(key, dropped);
  }
}
