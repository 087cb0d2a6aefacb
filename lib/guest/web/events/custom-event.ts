/** CustomEvent (https://dom.spec.whatwg.org/#interface-customevent). */
import { defineInterface, internal, requireArguments, toAny, toDictionary, toDOMString } from '../base/webidl.ts';
import { access, Event, eventInit, flagsOf } from './event.ts';

const customEventInit = { ...eventInit, detail: { to: toAny, default: null } } as const;

export class CustomEvent extends Event {
  #detail: unknown;

  constructor(type: unknown, init: unknown = undefined) {
    requireArguments(arguments.length, 1, 'new CustomEvent()');
    const name = toDOMString(type, 'The type of an event');
    const given = toDictionary(init, customEventInit, 'CustomEventInit');
    super(name, flagsOf(given), internal);
    this.#detail = given.detail;
  }

  get detail(): unknown {
    return this.#detail;
  }

  initCustomEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false, detail: unknown = null): void {
    requireArguments(arguments.length, 1, 'CustomEvent.initCustomEvent');
    const name = toDOMString(type, 'The type of an event');
    if (access.isDispatching(this)) return;
    this.initEvent(name, bubbles, cancelable);
    this.#detail = detail;
  }
}

defineInterface(CustomEvent, {
  name: 'CustomEvent',
  members: ['detail', 'initCustomEvent'],
  lengths: { constructor: 1, initCustomEvent: 1 },
});
