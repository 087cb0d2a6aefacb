import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { NativeConnection } from '../native.ts';

/** How a process ended and what it took, as its parent says. */
export interface Ending {
  code: number | null;
  /** The number of the signal that ended it. */
  signal: number | null;
  peakMemory: number;
  cpuTime: number;
}

/** How a cell ended. */
export interface CellExit {
  code: number | null;
  /** What ended it, whoever sent it. */
  signal: NodeJS.Signals | null;
  /** Bytes that were resident at most. 0: nobody could say. */
  peakMemory: number;
  /** Milliseconds of processor time, all threads together. 0: nobody could say. */
  cpuTime: number;
}

export interface ProcessOwner {
  signal(number: number): void;
  /** Whether the event loop waits for its end changed by so many. */
  await(more: 1 | -1): void;
}

/** Milliseconds for who waits for a cell to end it and to say what it took; then both are ended. */
const patience = 2000;

const { SIGKILL, SIGTERM } = constants.signals;

/** A process that a spawner has started. Until {@link unref} the event loop of the host waits for its end. */
export class SpawnedProcess {
  /** What it writes, and what it says of itself at its start. */
  readonly output: Socket;
  readonly errors: Socket;
  readonly report: Socket;
  readonly channel: Socket;
  /** Of the channel, as long as that is open. */
  readonly descriptor: number;
  /** The process, or the one that waits for it in a namespace of its own. */
  readonly pid: number;
  /** Resolves when it is gone; never rejects. */
  readonly exited: Promise<CellExit>;
  /** Somebody else waits for the process that matters, and says how it ended. */
  kept = false;
  readonly #owner: ProcessOwner;
  readonly #settle: (exit: CellExit) => void;
  #awaited = false;
  #over = false;

  constructor(pid: number, ends: NativeConnection, owner: ProcessOwner) {
    this.pid = pid;
    this.#owner = owner;
    this.output = readable(ends.output);
    this.errors = readable(ends.errors);
    this.report = readable(ends.report);
    this.descriptor = ends.channel;
    this.channel = new Socket({ fd: ends.channel, readable: true, writable: true });
    for (const one of [this.output, this.errors, this.channel]) one.on('error', () => {});
    let settle: (exit: CellExit) => void = () => {};
    this.exited = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
    this.ref();
  }

  /** Ends it. Who waits for its end hears of it. */
  kill(): void {
    if (this.#over) return;
    this.ref();
    this.#owner.signal(this.kept ? SIGTERM : SIGKILL);
    setTimeout(() => {
      if (!this.#over) this.#owner.signal(SIGKILL);
    }, patience).unref();
  }

  ref(): void {
    this.#await(true);
  }

  unref(): void {
    this.#await(false);
    for (const one of [this.output, this.errors, this.report, this.channel]) one.unref();
  }

  /** It never became what it was started for: nothing of it is kept open. */
  abandon(): void {
    for (const one of [this.output, this.errors, this.report, this.channel]) one.destroy();
  }

  /** It has ended. */
  end({ code, signal, peakMemory, cpuTime }: Ending): void {
    this.#await(false);
    this.#over = true;
    this.#settle({ code, signal: nameOf(signal), peakMemory, cpuTime });
  }

  #await(awaited: boolean): void {
    if (this.#over || this.#awaited === awaited) return;
    this.#awaited = awaited;
    this.#owner.await(awaited ? 1 : -1);
  }
}

function readable(fd: number): Socket {
  return new Socket({ fd, readable: true, writable: false });
}

function nameOf(signal: number | null): NodeJS.Signals | null {
  if (signal === null) return null;
  const found = Object.entries(constants.signals).find(([, number]) => number === signal);
  return (found?.[0] ?? `SIG${signal}`) as NodeJS.Signals;
}
