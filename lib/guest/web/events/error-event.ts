/** ErrorEvent and PromiseRejectionEvent (https://html.spec.whatwg.org/#runtime-script-errors-in-workers). */
import {
  defineInterface,
  internal,
  requireArguments,
  toAny,
  toDictionary,
  toDOMString,
  toObject,
  toUnsignedLong,
  toUSVString,
} from '../base/webidl.ts';
import { Event, eventInit, flagsOf } from './event.ts';

const errorEventInit = {
  ...eventInit,
  colno: { to: (value: unknown, what: string) => toUnsignedLong(value, what), default: 0 },
  error: { to: toAny },
  filename: { to: toUSVString, default: '' },
  lineno: { to: (value: unknown, what: string) => toUnsignedLong(value, what), default: 0 },
  message: { to: toDOMString, default: '' },
} as const;

export class ErrorEvent extends Event {
  readonly #message: string;
  readonly #filename: string;
  readonly #lineno: number;
  readonly #colno: number;
  readonly #error: unknown;

  constructor(type: unknown, init: unknown = undefined) {
    requireArguments(arguments.length, 1, 'new ErrorEvent()');
    const name = toDOMString(type, 'The type of an event');
    const given = toDictionary(init, errorEventInit, 'ErrorEventInit');
    super(name, flagsOf(given), internal);
    this.#message = given.message;
    this.#filename = given.filename;
    this.#lineno = given.lineno;
    this.#colno = given.colno;
    this.#error = given.error;
  }

  get message(): string {
    return this.#message;
  }

  get filename(): string {
    return this.#filename;
  }

  get lineno(): number {
    return this.#lineno;
  }

  get colno(): number {
    return this.#colno;
  }

  get error(): unknown {
    return this.#error;
  }
}

defineInterface(ErrorEvent, {
  name: 'ErrorEvent',
  members: ['message', 'filename', 'lineno', 'colno', 'error'],
  lengths: { constructor: 1 },
});

const promiseRejectionEventInit = {
  ...eventInit,
  promise: { to: toObject, required: true },
  reason: { to: toAny },
} as const;

export class PromiseRejectionEvent extends Event {
  readonly #promise: object;
  readonly #reason: unknown;

  constructor(type: unknown, init: unknown) {
    requireArguments(arguments.length, 2, 'new PromiseRejectionEvent()');
    const name = toDOMString(type, 'The type of an event');
    const given = toDictionary(init, promiseRejectionEventInit, 'PromiseRejectionEventInit');
    super(name, flagsOf(given), internal);
    this.#promise = given.promise;
    this.#reason = given.reason;
  }

  get promise(): object {
    return this.#promise;
  }

  get reason(): unknown {
    return this.#reason;
  }
}

defineInterface(PromiseRejectionEvent, {
  name: 'PromiseRejectionEvent',
  members: ['promise', 'reason'],
  lengths: { constructor: 2 },
});
