/** ProgressEvent (https://xhr.spec.whatwg.org/#interface-progressevent). */
import {
  defineInterface,
  internal,
  requireArguments,
  toBoolean,
  toDictionary,
  toDOMString,
  toDouble,
} from '../base/webidl.ts';
import { access, Event, eventInit, flagsOf } from './event.ts';

const toCount = (value: unknown, what: string) => toDouble(value, what);
const progressEventInit = {
  ...eventInit,
  lengthComputable: { to: toBoolean, default: false },
  loaded: { to: toCount, default: 0 },
  total: { to: toCount, default: 0 },
} as const;

export class ProgressEvent extends Event {
  readonly #lengthComputable: boolean;
  readonly #loaded: number;
  readonly #total: number;

  constructor(type: unknown, init: unknown = undefined) {
    requireArguments(arguments.length, 1, 'new ProgressEvent()');
    const name = toDOMString(type, 'The type of an event');
    const given = toDictionary(init, progressEventInit, 'ProgressEventInit');
    super(name, flagsOf(given), internal);
    this.#lengthComputable = given.lengthComputable;
    this.#loaded = given.loaded;
    this.#total = given.total;
  }

  get lengthComputable(): boolean {
    return this.#lengthComputable;
  }

  get loaded(): number {
    return this.#loaded;
  }

  get total(): number {
    return this.#total;
  }
}

defineInterface(ProgressEvent, {
  name: 'ProgressEvent',
  members: ['lengthComputable', 'loaded', 'total'],
  lengths: { constructor: 1 },
});

/** Of the platform: `loaded` of `total` bytes. */
export function progressEvent(type: string, loaded: number, total: number): ProgressEvent {
  return access.trust(new ProgressEvent(type, { __proto__: null, lengthComputable: true, loaded, total }));
}
