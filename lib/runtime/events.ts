import type { EventEmitter } from 'node:events';
import type { ConsoleLevel, ErrorRecord, NativeEvent } from '../native.ts';
import type { CheckedRuntimeOptions } from '../options/check-runtime-options.ts';
import type { ConsoleInfo } from '../options/runtime-options.ts';
import { runFor } from './async-scope.ts';
import { tellOf } from './call-context.ts';
import type { Calls } from './calls.ts';
import { warnAboutDroppedLines, writeToHostConsole } from './console.ts';
import { callListener, callListeners } from './listener-warning.ts';

/**
 * Events of a {@link Runtime}. A listener that throws, or is async and rejects, causes a process warning with the code
 * `ISOLET_LISTENER_THREW`, never an uncaught exception; the other listeners are called.
 */
export interface RuntimeEvents {
  /** The guest wrote to its console. Needs the option `console`. */
  console: [level: ConsoleLevel, args: unknown[], info: ConsoleInfo];
  /** The guest wrote to its console faster than the host read: so many lines are missing. */
  consoleDropped: [lines: number];
  /**
   * A guest promise was rejected and nobody listened; or a timer or a microtask of the guest threw, or was stopped by a
   * limit. Without a listener for this event nothing happens. At most 256 that were not read yet are kept.
   */
  unhandledRejection: [error: Error];
  /** `close()` was called. */
  close: [];
  /** The runtime was ended by `terminate()` or by its heap limit. */
  terminated: [reason: string];
  /** The engine had to give up the isolate; its memory stays in use until the process ends. */
  fatal: [message: string];
}

/** Of which runtime the events are. */
export interface EventOwner {
  readonly options: Pick<CheckedRuntimeOptions, 'console' | 'name'>;
  readonly calls: Calls;
  /** The public Runtime, once it exists: its listeners are told. */
  readonly runtime: EventEmitter<RuntimeEvents> | undefined;
  callStopped(callId: number, reason: unknown): void;
  announceTermination(reason: string, error?: Error): void;
  createError(record: ErrorRecord): Error;
}

/** Tells the host's listeners what the engine reports of one runtime. */
export class EventTeller {
  readonly #owner: EventOwner;

  constructor(owner: EventOwner) {
    this.#owner = owner;
  }

  /** What the engine reports. */
  handle(event: NativeEvent): void {
    switch (event.type) {
      case 'console':
        runFor(this.#owner.calls.of(event.callId), () => this.#writeConsole(event));
        break;
      case 'consoleDropped':
        if (this.#owner.options.console === 'inherit') warnAboutDroppedLines(this.#owner.options.name, event.lines);
        this.tell('consoleDropped', event.lines);
        break;
      case 'unhandledRejection':
        tellOf(this.#owner.calls.of(event.callId), () => this.#reportRejection(event));
        break;
      case 'callHeld':
        this.#owner.calls.hold(event.callId);
        break;
      case 'callForgotten':
        this.#owner.calls.release(event.callId);
        break;
      case 'terminated':
        this.#owner.announceTermination(event.reason, event.cell && this.#owner.createError(event.cell));
        break;
      case 'fatal':
        this.tell('fatal', event.message);
        break;
    }
  }

  /** Calls the listeners of an event, if the public Runtime exists. */
  tell<Name extends keyof RuntimeEvents>(name: Name, ...args: RuntimeEvents[Name]): void {
    const { runtime } = this.#owner;
    if (runtime) callListeners(runtime as EventEmitter, name, args);
  }

  #writeConsole({ level, args, method, groupDepth, stack }: Extract<NativeEvent, { type: 'console' }>): void {
    const info = { method, groupDepth, stack };
    const handler = this.#owner.options.console;
    callListener('console handler', () => {
      if (handler === 'inherit') writeToHostConsole(level, args, info);
      else if (typeof handler === 'function') return handler(level, args, info);
    });
    this.tell('console', level, args, info);
  }

  #reportRejection({ callId, error }: Extract<NativeEvent, { type: 'unhandledRejection' }>): void {
    const reported = this.#owner.createError(error);
    // A limit ended what the call had left behind.
    if (error.kind !== 'javascript') this.#owner.callStopped(callId, reported);
    this.tell('unhandledRejection', reported);
  }
}
