import { redactText } from './redact.ts';

export type LogLevel = 'debug' | 'log' | 'info' | 'warn' | 'error';
export const logLevels: readonly LogLevel[] = ['debug', 'log', 'info', 'warn', 'error'];

export interface LogEntry {
  level: LogLevel;
  /** ms since the epoch. */
  time: number;
  message: string;
}

/** What every line costs beyond its text, so that empty lines are not free. */
const lineCost = 16;

/** The log lines of one invocation, up to a number of bytes; what does not fit is counted, not kept. */
export class LogBook {
  readonly entries: LogEntry[] = [];
  dropped = 0;
  readonly #secrets: readonly string[];
  #left: number;

  constructor(maxBytes: number, secrets: readonly string[]) {
    this.#left = maxBytes;
    this.#secrets = secrets;
  }

  add(level: LogLevel, text: string): LogEntry | undefined {
    if (this.#left < lineCost) {
      this.dropped++;
      return undefined;
    }
    const room = this.#left - lineCost;
    let message = redactText(text, this.#secrets);
    if (Buffer.byteLength(message) > room) {
      // Cutting bytes may split a character; the decoder turns the rest of it into U+FFFD, which is dropped.
      message = Buffer.from(message)
        .subarray(0, room)
        .toString()
        .replace(/\uFFFD$/, '');
      this.#left = 0;
      this.dropped++;
    } else {
      this.#left = room - Buffer.byteLength(message);
    }
    const entry: LogEntry = { level, time: Date.now(), message };
    this.entries.push(entry);
    return entry;
  }
}
