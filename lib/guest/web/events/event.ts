/** Event (https://dom.spec.whatwg.org/#interface-event). What dispatching does to one goes through `access`. */
import { ops } from '../base/ops.ts';
import {
  type Dictionary,
  defineInterface,
  internal,
  requireArguments,
  toBoolean,
  toDictionary,
  toDOMString,
} from '../base/webidl.ts';

const { defineProperty, getOwnPropertyDescriptor } = Object;

/** Members of EventInit, to be read before those of a dictionary that inherits it. */
export const eventInit = {
  bubbles: { to: toBoolean, default: false },
  cancelable: { to: toBoolean, default: false },
  composed: { to: toBoolean, default: false },
} as const;

/** What is true of an event, one bit each. */
const flag = {
  bubbles: 1,
  cancelable: 2,
  composed: 4,
  canceled: 8,
  stopped: 16,
  stoppedAtOnce: 32,
  inPassive: 64,
  dispatching: 128,
  trusted: 256,
} as const;

const phase = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 } as const;

interface Access {
  /** A trusted event, made by the platform. */
  trust<T extends Event>(event: T): T;
  distrust(event: Event): void;
  /** What preventDefault does. */
  cancel(event: Event): void;
  isDispatching(event: Event): boolean;
  begin(event: Event, target: object): void;
  enter(event: Event, passive: boolean): void;
  isStopped(event: Event): boolean;
  isStoppedAtOnce(event: Event): boolean;
  /** Whether it was not canceled. */
  end(event: Event): boolean;
  is(value: unknown): value is Event;
}

/** For whoever dispatches. */
export let access: Access;

let isTrusted: PropertyDescriptor;

export class Event {
  #type: string;
  #flags: number;
  #target: object | null = null;
  #currentTarget: object | null = null;
  #phase: number = phase.NONE;
  readonly #timeStamp = ops.clock.now();

  constructor(type: string, init: unknown = undefined, token?: unknown) {
    let flags = 0;
    if (token === internal) {
      // Of the platform: nothing to convert, and no reading of what a guest may have put on Object.prototype.
      flags = init as number;
    } else {
      requireArguments(arguments.length, 1, 'new Event()');
      type = toDOMString(type, 'The type of an event');
      if (init !== undefined) flags = flagsOf(toDictionary(init, eventInit, 'EventInit'));
    }
    this.#type = type;
    this.#flags = flags;
    // [LegacyUnforgeable]: on each instance.
    defineProperty(this, 'isTrusted', isTrusted);
  }

  get type(): string {
    return this.#type;
  }

  get target(): object | null {
    return this.#target;
  }

  get srcElement(): object | null {
    return this.#target;
  }

  get currentTarget(): object | null {
    return this.#currentTarget;
  }

  composedPath(): object[] {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }

  get eventPhase(): number {
    return this.#phase;
  }

  stopPropagation(): void {
    this.#flags |= flag.stopped;
  }

  get cancelBubble(): boolean {
    return (this.#flags & flag.stopped) !== 0;
  }

  set cancelBubble(value: unknown) {
    const stop = !!value;
    this.#flags |= stop ? flag.stopped : 0;
  }

  stopImmediatePropagation(): void {
    this.#flags |= flag.stopped | flag.stoppedAtOnce;
  }

  get bubbles(): boolean {
    return (this.#flags & flag.bubbles) !== 0;
  }

  get cancelable(): boolean {
    return (this.#flags & flag.cancelable) !== 0;
  }

  get returnValue(): boolean {
    return (this.#flags & flag.canceled) === 0;
  }

  set returnValue(value: unknown) {
    const cancel = !value;
    this.#flags |= cancel ? this.#cancel() : 0;
  }

  preventDefault(): void {
    this.#flags |= this.#cancel();
  }

  get defaultPrevented(): boolean {
    return (this.#flags & flag.canceled) !== 0;
  }

  get composed(): boolean {
    return (this.#flags & flag.composed) !== 0;
  }

  get timeStamp(): number {
    return this.#timeStamp;
  }

  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    requireArguments(arguments.length, 1, 'Event.initEvent');
    const name = toDOMString(type, 'The type of an event');
    if (this.#flags & flag.dispatching) return;
    this.#type = name;
    this.#target = null;
    this.#flags = (bubbles ? flag.bubbles : 0) | (cancelable ? flag.cancelable : 0) | (this.#flags & flag.composed);
  }

  #cancel(): number {
    return this.#flags & flag.cancelable && !(this.#flags & flag.inPassive) ? flag.canceled : 0;
  }

  static {
    isTrusted = getOwnPropertyDescriptor(
      {
        get isTrusted(): boolean {
          return ((this as unknown as Event).#flags & flag.trusted) !== 0;
        },
      },
      'isTrusted',
    ) as PropertyDescriptor;
    isTrusted.configurable = false;
    access = {
      trust(event) {
        event.#flags |= flag.trusted;
        return event;
      },
      distrust(event) {
        event.#flags &= ~flag.trusted;
      },
      cancel(event) {
        event.#flags |= event.#cancel();
      },
      isDispatching: (event) => (event.#flags & flag.dispatching) !== 0,
      begin(event, target) {
        event.#flags |= flag.dispatching;
        event.#target = target;
        event.#currentTarget = target;
        event.#phase = phase.AT_TARGET;
      },
      enter(event, passive) {
        if (passive) event.#flags |= flag.inPassive;
        else event.#flags &= ~flag.inPassive;
      },
      isStopped: (event) => (event.#flags & flag.stopped) !== 0,
      isStoppedAtOnce: (event) => (event.#flags & flag.stoppedAtOnce) !== 0,
      end(event) {
        event.#flags &= ~(flag.dispatching | flag.stopped | flag.stoppedAtOnce | flag.inPassive);
        event.#phase = phase.NONE;
        event.#currentTarget = null;
        return (event.#flags & flag.canceled) === 0;
      },
      is: (value): value is Event => typeof value === 'object' && value !== null && #type in value,
    };
  }
}

/** The flags that an EventInit asks for. */
export function flagsOf(init: Dictionary<typeof eventInit>): number {
  return (
    (init.bubbles ? flag.bubbles : 0) | (init.cancelable ? flag.cancelable : 0) | (init.composed ? flag.composed : 0)
  );
}

/** An event of the platform: trusted, does not bubble. */
export function trustedEvent(type: string, cancelable = false): Event {
  return new Event(type, flag.trusted | (cancelable ? flag.cancelable : 0), internal);
}

defineInterface(Event, {
  name: 'Event',
  members: [
    'type',
    'target',
    'srcElement',
    'currentTarget',
    'composedPath',
    'eventPhase',
    'stopPropagation',
    'cancelBubble',
    'stopImmediatePropagation',
    'bubbles',
    'cancelable',
    'returnValue',
    'preventDefault',
    'defaultPrevented',
    'composed',
    'timeStamp',
    'initEvent',
  ],
  constants: phase,
  lengths: { constructor: 1, initEvent: 1 },
});
