import {
  HeapLimitError,
  RuntimeClosedError,
  RuntimeTerminatedError,
  TimeoutError,
  TransferError,
} from '../../errors/index.ts';
import { guestFile } from '../../guest-file.ts';
import { createRoomy, type JsFunction, type Runtime } from '../../pool/engine.ts';
import { poolClosed } from '../../pool/failures/refusal.ts';
import { type CheckAnswer, type CheckRequest, onlyIssue } from '../../shared/check/protocol.ts';
import { Turns } from './turns.ts';

const mebibyte = 1024 * 1024;

/** Limits of one check for each MiB that a source may have: ten times what a source needs that people wrote. */
const cpuTimeout = 3000;
const memory = 128 * mebibyte;
/** Of that, for what is new: the tree of a large source, which stays until its checks are over. */
const youngMemory = 32 * mebibyte;
/** Largest source, and largest syntax tree for the platform's own rules, in bytes as they cross. */
const maxTransferBytes = 64 * mebibyte;
/** Longest time in ms that a check may take on a machine that has no processor for it. */
const timeout = 60_000;
/** How long in ms a guest waits for the next source; then its memory is given back. */
const idleTtl = 2000;

interface Guest {
  readonly runtime: Runtime;
  readonly check: JsFunction;
}

/**
 * Checks sources in a guest of its own, one after the other. The guest is kept for the next source, of any tenant: a
 * source is only data in it. After a failure it is replaced.
 */
export class Checker {
  readonly #scale: number;
  readonly #onLost: (tenantId: string) => void;
  readonly #turns = new Turns();
  readonly #leaving = new Set<Promise<void>>();
  #guest: Guest | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param maxCodeSize - Largest source that will be asked about, in bytes. */
  constructor(maxCodeSize: number, onLost: (tenantId: string) => void) {
    // The engine takes no source above 16 MiB.
    this.#scale = Math.min(Math.max(maxCodeSize / mebibyte, 1), 16);
    this.#onLost = onLost;
  }

  /** @throws {RuntimeClosedError} after `close`. @throws {CapacityError} if no guest can be made. */
  check(tenantId: string, request: CheckRequest): Promise<CheckAnswer> {
    return this.#turns.do(tenantId, async () => {
      clearTimeout(this.#timer);
      try {
        if (this.#closed) throw poolClosed();
        this.#guest ??= await this.#start();
        return (await this.#guest.check.callAsync([request])) as CheckAnswer;
      } catch (error) {
        this.#discard();
        return this.#answerTo(error, tenantId);
      } finally {
        if (!this.#closed) this.#timer = setTimeout(() => this.#discard(), idleTtl).unref();
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#discard();
    await Promise.all(this.#leaving);
  }

  async #start(): Promise<Guest> {
    const options = {
      name: 'deploy checks',
      maxHeapSize: Math.ceil(memory * this.#scale),
      // A large tree stays alive until its checks are over: to look through it earlier finds next to nothing.
      initialHeapSize: Math.ceil((memory * this.#scale) / 2),
      cpuTimeout: Math.ceil(cpuTimeout * this.#scale),
      timeout,
      maxTransferBytes,
      codeGeneration: { strings: false, wasm: false },
    };
    const runtime = await createRoomy(options, youngMemory);
    try {
      if (this.#closed) throw poolClosed();
      const check = await runtime.evalAsync<JsFunction>(`${guestFile('guest-check.js')}.check`, {
        filename: 'isolet/guest-check.js',
      });
      if (this.#closed) throw poolClosed();
      return { runtime, check };
    } catch (error) {
      await runtime.closeAsync();
      throw error;
    }
  }

  #discard(): void {
    if (this.#guest) this.#leave(this.#guest.runtime);
    this.#guest = undefined;
  }

  #leave(runtime: Runtime): void {
    const left = runtime.closeAsync().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  /** What ended the guest, as an issue of the source it was asked about; what is not the source's fault is thrown. */
  #answerTo(error: unknown, tenantId: string): CheckAnswer {
    if (this.#closed && error instanceof RuntimeClosedError) throw poolClosed();
    const limit = limitOf(error);
    if (limit === undefined) throw error;
    if (error instanceof RuntimeTerminatedError && !(error instanceof HeapLimitError)) this.#onLost(tenantId);
    const message = `the code is too large or nested too deeply to be checked: ${limit}`;
    return onlyIssue({ message, path: ['code'] });
  }
}

function limitOf(error: unknown): string | undefined {
  if (error instanceof TimeoutError) {
    return `its checks took more than ${error.limit} ms${error.kind === 'cpu' ? ' of processor time' : ''}`;
  }
  if (error instanceof HeapLimitError) {
    return `its checks took more than ${Math.round(error.limit / mebibyte)} MiB of memory`;
  }
  if (error instanceof TransferError) return `it or its syntax tree is larger than ${maxTransferBytes} bytes`;
  return error instanceof RuntimeTerminatedError ? `its checks could not be stopped (${error.reason})` : undefined;
}
