import type { Redactor } from '../secrets/redactor.ts';

/** How a function wrote a line: the method of its `console` or of `context.log`. */
export type LogLevel = 'debug' | 'log' | 'info' | 'warn' | 'error';
export const logLevels: readonly LogLevel[] = ['debug', 'log', 'info', 'warn', 'error'];

/** `clear` ends all groups. */
export type GroupStep = 'group' | 'groupEnd' | 'clear';
export const groupSteps: readonly GroupStep[] = ['group', 'groupEnd', 'clear'];

/** A line that a function wrote. */
export interface LogEntry {
  level: LogLevel;
  /** ms since the epoch. */
  time: number;
  /** The line, without values of the function's secrets, cut where it did not fit. */
  message: string;
}

/** What every line and every step of a group costs beyond its text, so that empty ones are not free. */
const lineCost = 16;
const deepest = 32;

/** The log lines of one invocation, up to a number of bytes; what does not fit is counted, not kept. */
export class LogBook {
  #entries: LogEntry[] = [];
  #dropped = 0;
  readonly #redactor: Redactor | undefined;
  #left: number;
  #depth = 0;

  constructor(maxBytes: number, redactor: Redactor | undefined) {
    this.#left = maxBytes;
    this.#redactor = redactor;
  }

  /** What has been added since the last time. */
  take(): { logs: LogEntry[]; logsDropped: number } {
    const taken = { logs: this.#entries, logsDropped: this.#dropped };
    this.#entries = [];
    this.#dropped = 0;
    return taken;
  }

  /** @param isCut the guest had more to say */
  add(level: LogLevel, text: string, isCut = false): LogEntry | undefined {
    if (this.#left < lineCost) {
      this.#dropped++;
      return undefined;
    }
    const room = this.#left - lineCost;
    // Before anything is cut: half a secret would not be found.
    let message = this.#redactor?.text(text, isCut) ?? text;
    // No more of it than could be kept is made longer.
    if (this.#depth > 0) message = indented(message.slice(0, room + 1), this.#depth);
    const bytes = Buffer.byteLength(message);
    if (bytes > room) {
      // Cutting bytes may split a character; the decoder turns the rest of it into U+FFFD, which is dropped.
      message = Buffer.from(message)
        .subarray(0, room)
        .toString()
        .replace(/\uFFFD$/, '');
      this.#left = 0;
    } else {
      this.#left = room - bytes;
    }
    if (isCut || bytes > room) this.#dropped++;
    const entry: LogEntry = { level, time: Date.now(), message };
    this.#entries.push(entry);
    return entry;
  }

  /** Lines that follow are further in, or out again. Answers whether there was room for that. */
  group(step: GroupStep): boolean {
    if (this.#left < lineCost) return false;
    this.#left -= lineCost;
    if (step === 'group') this.#depth = Math.min(this.#depth + 1, deepest);
    else this.#depth = step === 'clear' ? 0 : Math.max(this.#depth - 1, 0);
    return true;
  }
}

function indented(text: string, depth: number): string {
  const indent = '  '.repeat(depth);
  return indent + text.replaceAll('\n', `\n${indent}`);
}
