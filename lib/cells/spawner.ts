import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { loadAddon } from '../binding.ts';
import { CellError } from '../errors/cell-error.ts';
import type { NativeConnection, NativeRefusal } from '../native.ts';
import { SpawnedProcess } from './spawned-process.ts';
import { answersIn, type SpawnerAnswer } from './spawner-answers.ts';
import { nameOfError } from './wall-error.ts';

/** A program to start. */
export interface Start {
  program: string;
  arguments: readonly string[];
  user?: { uid: number; gid: number } | undefined;
  /** Whether the event loop waits for the start. Default true. */
  keepsAlive?: boolean | undefined;
}

interface Request {
  texts: readonly string[];
  keepsAlive: boolean;
  /** Of a start: the host's ends of what the process gets. */
  ends?: NativeConnection;
  answered?(answer: SpawnerAnswer, ends: NativeConnection): void;
  failed?(error: CellError): void;
}

/** A spawner that says nothing for three of these, with something asked of it, is none. Milliseconds. */
const patience = 5000;

let current: Spawner | undefined;

/**
 * The process that starts others for this one: made at its first use, and anew when it is gone.
 *
 * @throws {@link CellError}
 */
export function spawner(launcher: string): Spawner {
  if (!current?.open) current = new Spawner(launcher);
  return current;
}

/**
 * A small process that starts others for this one: to start one, the whole of a process is copied first, and this one may
 * be large; its event loop would stand still meanwhile. What it has started ends with it, and it ends with the thread of
 * the host that made it. It keeps no event loop alive.
 */
export class Spawner {
  readonly pid: number;
  readonly #descriptor: number;
  readonly #socket: Socket;
  /** The first is what it was asked. */
  readonly #waiting: Request[] = [];
  readonly #processes = new Map<number, SpawnedProcess>();
  #lastId = 0;
  #awaited = 0;
  #open = true;
  #timer: NodeJS.Timeout | undefined;
  #silent = 0;

  /** @throws {@link CellError} */
  constructor(launcher: string) {
    const started = loadAddon().startSpawner(launcher);
    if ('call' in started) throw refusedError(started);
    this.pid = started.pid;
    this.#descriptor = started.socket;
    this.#socket = new Socket({ fd: started.socket, readable: true, writable: false });
    answersIn(this.#socket, (answer) => this.#read(answer));
    this.#socket.on('error', () => {}).once('close', () => this.#close());
    this.#socket.unref();
  }

  get open(): boolean {
    return this.#open;
  }

  /** @throws {@link CellError} */
  start({ program, arguments: given, user, keepsAlive = true }: Start): Promise<SpawnedProcess> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#ask({
        texts: ['start', String(id), user ? `${user.uid}:${user.gid}` : '-', program, ...given],
        keepsAlive,
        answered: (answer, ends) => {
          if (answer.kind === 'started') return resolve(this.#begin(id, answer.pid, ends));
          closeAll(ends);
          reject(answer.kind === 'failed' ? refusedError(answer) : goneError());
        },
        failed: reject,
      });
    });
  }

  #begin(id: number, pid: number, ends: NativeConnection): SpawnedProcess {
    const process = new SpawnedProcess(pid, ends, {
      signal: (number) => {
        if (this.#processes.has(id)) this.#ask({ texts: ['signal', String(id), String(number)], keepsAlive: true });
      },
      await: (more) => {
        this.#awaited += more;
        this.#refer();
      },
    });
    this.#processes.set(id, process);
    return process;
  }

  /** One at a time, so what it has not read yet always fits into the socket. */
  #ask(request: Request): void {
    if (!this.#open) {
      request.failed?.(goneError());
      return;
    }
    this.#waiting.push(request);
    if (this.#waiting.length === 1) this.#send();
    else this.#refer();
  }

  #send(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const bytes = Buffer.from(next.texts.map((text) => `${text}\0`).join(''));
      const sent = loadAddon().askSpawner(this.#descriptor, bytes, next.texts[0] === 'start');
      if (!('call' in sent)) {
        next.ends = sent;
        break;
      }
      // Nothing was sent. If it is gone the end of its socket says so.
      this.#waiting.shift();
      next.failed?.(refusedError(sent));
    }
    this.#watch();
    this.#refer();
  }

  #read(answer: SpawnerAnswer): void {
    this.#silent = 0;
    if (answer.kind === 'exited') {
      this.#processes.get(answer.id)?.end(answer);
      this.#processes.delete(answer.id);
      return;
    }
    const request = this.#waiting.shift();
    if (request?.ends) request.answered?.(answer, request.ends);
    this.#send();
  }

  /** Waited for as long as something is asked of it, or the end of what it started is waited for. */
  #refer(): void {
    if (this.#awaited > 0 || this.#waiting.some(({ keepsAlive }) => keepsAlive)) this.#socket.ref();
    else this.#socket.unref();
  }

  #watch(): void {
    if (this.#waiting.length > 0) {
      this.#timer ??= setInterval(() => {
        this.#silent += 1;
        if (this.#silent >= 3) loadAddon().endSpawner(this.pid);
      }, patience).unref();
      return;
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#silent = 0;
  }

  #close(): void {
    this.#open = false;
    clearInterval(this.#timer);
    loadAddon().endSpawner(this.pid);
    // The kernel has ended them with it; nobody can say any more what they took.
    const ending = { code: null, signal: 9, peakMemory: 0, cpuTime: 0 };
    for (const process of this.#processes.values()) process.end(ending);
    this.#processes.clear();
    for (const { failed, ends } of this.#waiting.splice(0)) {
      if (ends) closeAll(ends);
      failed?.(goneError());
    }
  }
}

/** What was not a start has none. */
function closeAll(ends: NativeConnection): void {
  for (const one of Object.values(ends)) closeSync(one);
}

/** What there may be room for later. */
const roomless = /^(?:EAGAIN|ENOMEM|EMFILE|ENFILE|EPIPE|ECONNRESET)$/;

function refusedError({ call, errno }: NativeRefusal): CellError {
  const name = nameOfError(errno);
  const message = `The launcher of a cell can't be started: ${call} answered ${name}.`;
  return new CellError(message, { retryable: roomless.test(name) });
}

function goneError(): CellError {
  return new CellError('The process that starts cells ended. The next start makes another one.', { retryable: true });
}
