import { ReadableStream } from 'node:stream/web';
import { TimeoutError } from '../../errors/index.ts';
import type { BodyPart } from '../../shared/web/parts.ts';
import { type Limits, whenAborted } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { FetchOptions } from '../options/fetch-options.ts';
import { smaller } from '../options/limits.ts';
import type { LateReport } from '../report/events.ts';
import type { Invocation } from '../report/invocation.ts';
import type { Ask } from '../run/ask.ts';
import { asInvocation } from '../run/caller.ts';
import type { PoolEntry } from '../run/entry.ts';
import type { OpenAnswer } from '../run/open-answer.ts';
import type { Answered } from '../run/run.ts';
import { AnswerBody } from './answer-body.ts';
import { RequestBody, type SentRequest } from './request-parts.ts';
import { type Arrived, readAnswer } from './response.ts';

/** Why a request's signal aborts in the guest: the message and the name of its reason. */
type Why = readonly [message: string, name: string];

const clientGone: Why = ['The client has gone', 'AbortError'];
const timeIsOver: Why = ['The time for the answer is over', 'TimeoutError'];

/** A handler's invocation that has its answer. */
interface Ran {
  readonly result: Answered;
  readonly entry: PoolEntry;
  readonly late: Promise<LateReport> | undefined;
}

/** Keys of invocations whose answers are over, which their runtimes have not been told yet. */
const overIn = new WeakMap<PoolEntry, number[]>();

/** One request to a handler and its answer, until the body of that is read. */
export class Exchange {
  readonly #sent: SentRequest;
  readonly #options: FetchOptions;
  /** Code that a limit had stopped is in the runtime: it serves no others. */
  readonly #onStopped: (entry: PoolEntry) => void;
  /** Aborted when the client has gone, or the caller gives up. */
  readonly signal: AbortSignal | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(
    sent: SentRequest,
    client: AbortSignal | undefined,
    options: FetchOptions,
    onStopped: (entry: PoolEntry) => void,
  ) {
    this.#sent = sent;
    this.#options = options;
    this.#onStopped = onStopped;
    this.signal = client && options.signal ? this.#either([client, options.signal]) : (client ?? options.signal);
  }

  ask(fn: ResolvedFunction): Ask {
    const { head, headers, body } = this.#sent;
    const { timeout, timeoutCovers } = this.#options;
    const over: number[] = [];
    const part = body instanceof RequestBody ? body.stream : body;
    const event: [object, readonly string[], BodyPart, number[]] = [head, headers, part, over];
    return {
      event,
      prepare: body instanceof RequestBody ? () => this.#bringAtHand(body, event) : undefined,
      how: 'fetch',
      method: undefined,
      refusal: undefined,
      answerTimeout: timeoutCovers === 'headers' ? undefined : smaller(fn.timeout, timeout ?? 0),
      onBegin: (entry) => over.push(...(overIn.get(entry)?.splice(0) ?? [])),
      onLeft: (entry, invocation) => void this.#tell(entry, invocation, clientGone),
    };
  }

  /** A small body that is at hand travels with its request. */
  async #bringAtHand(body: RequestBody, event: unknown[]): Promise<void> {
    if (this.signal?.aborted || body.stream.locked) return;
    event[2] = (await body.atHand()) ?? body.stream;
  }

  /** There is no answer. */
  failed(): void {
    this.#end('The request was given up');
  }

  /** What `make` makes of the answer and its body, which is the host's. @throws {HandlerError} there is none */
  answer<T>({ result, entry, late }: Ran, make: (arrived: Arrived, body: Arrived['body']) => T): T {
    const arrived = readAnswer(result.value);
    const { body } = arrived;
    const { open, invocation } = result;
    const end = (): void => this.#end('The request was answered');
    // It may go on reading the request.
    const endLater = (): void => void (late ? late.then(end) : end());
    if (!(body instanceof ReadableStream) || !open) {
      endLater();
      return make(arrived, body);
    }
    const stream = new AnswerBody(body, {
      onCancel: () => void this.#tell(entry, invocation, clientGone, open),
      onEnd: endLater,
    });
    // A body that is forgotten is to be collected, and over with that.
    const held = new WeakRef(stream);
    const { signal } = this;
    const stop = signal && whenAborted(signal, () => held.deref()?.end(signal.reason));
    void open.over.then(({ error }) => {
      stop?.();
      endLater();
      if (error === undefined) return noteOver(entry, invocation);
      held.deref()?.fail(error);
      void this.#tell(entry, invocation, timeIsOver);
    });
    if (signal?.aborted) stream.end(signal.reason);
    try {
      return make(arrived, stream.stream);
    } catch (error) {
      stream.end(error);
      throw error;
    }
  }

  #either(signals: readonly AbortSignal[]): AbortSignal {
    const controller = new AbortController();
    for (const signal of signals) {
      const abort = (): void => controller.abort(signal.reason);
      if (signal.aborted) abort();
      else this.#stops.push(whenAborted(signal, abort));
    }
    return controller.signal;
  }

  #end(why: string): void {
    for (const stop of this.#stops.splice(0)) stop();
    const { body } = this.#sent;
    if (body instanceof RequestBody) body.end(new Error(why));
  }

  /** Makes the request's signal abort in the guest, in a call that the invocation pays for. */
  async #tell(entry: PoolEntry, invocation: Invocation, why: Why, open?: OpenAnswer): Promise<void> {
    if (entry.runtime.closed) return;
    const args = [why, invocation.id, 0, invocation.key, 'abort'];
    const call = ({ timeout, cpuTimeout }: Limits): Promise<unknown> =>
      entry.handler.callAsync(args, { timeout, cpuTimeout: cpuTimeout > 0 ? cpuTimeout : undefined });
    try {
      if (open) await open.read({ timeout: 0, cpuTimeout: 0 }, call);
      else await asInvocation(invocation, () => call(entry.fn));
    } catch (error) {
      if (!open && error instanceof TimeoutError) this.#onStopped(entry);
    }
  }
}

function noteOver(entry: PoolEntry, { key }: Invocation): void {
  const keys = overIn.get(entry);
  if (keys) keys.push(key);
  else overIn.set(entry, [key]);
}
