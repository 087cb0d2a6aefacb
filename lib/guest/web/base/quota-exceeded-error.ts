/** QuotaExceededError (https://webidl.spec.whatwg.org/#quotaexceedederror): a DOMException that may tell numbers. */
import { DOMException } from './dom-exception.ts';
import { defineInterface, toDictionary, toDOMString, toDouble } from './webidl.ts';

const { defineProperty } = Object;
const members = { quota: { to: toDouble }, requested: { to: toDouble } };

function notNegative(value: number | undefined, name: string): number | null {
  if (value === undefined) return null;
  if (value < 0) throw new RangeError(`options.${name} of a QuotaExceededError must not be negative, got ${value}`);
  return value;
}

export class QuotaExceededError extends DOMException {
  readonly #quota: number | null;
  readonly #requested: number | null;

  constructor(message: unknown = '', options: unknown = undefined) {
    super(toDOMString(message, 'The message of a QuotaExceededError'), 'QuotaExceededError');
    const read = toDictionary(options, members, 'options');
    this.#quota = notNegative(read.quota, 'quota');
    this.#requested = notNegative(read.requested, 'requested');
    if (this.#quota !== null && this.#requested !== null && this.#requested < this.#quota) {
      throw new RangeError('options.requested of a QuotaExceededError must not be less than options.quota');
    }
  }

  get quota(): number | null {
    return this.#quota;
  }

  get requested(): number | null {
    return this.#requested;
  }

  static {
    defineInterface(QuotaExceededError, {
      name: 'QuotaExceededError',
      members: ['quota', 'requested'],
      lengths: { constructor: 0 },
      clone: (error: QuotaExceededError) => {
        const { message, stack } = error;
        const copy = new QuotaExceededError(message, {
          quota: error.#quota ?? undefined,
          requested: error.#requested ?? undefined,
        });
        if (typeof stack === 'string')
          defineProperty(copy, 'stack', { value: stack, writable: true, configurable: true });
        return copy;
      },
    });
  }
}
