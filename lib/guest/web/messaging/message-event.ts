/** MessageEvent (https://html.spec.whatwg.org/#messageevent). */
import {
  defineInterface,
  internal,
  nullable,
  requireArguments,
  toAny,
  toDictionary,
  toDOMString,
  toInterface,
  toSequence,
  toUSVString,
} from '../base/webidl.ts';
import { access, Event, eventInit, flagsOf } from '../events/event.ts';

const { freeze } = Object;

/** Told by the module of MessagePort, which needs this one. */
let isPort: (value: unknown) => value is object = (value): value is object => false;

export function usePorts(is: (value: unknown) => value is object): void {
  isPort = is;
}

const toPort = (value: unknown, what: string) => toInterface(value, isPort, 'MessagePort', what);
const toPorts = (value: unknown, what: string) => toSequence(value, toPort, what);
const toSource = nullable(toPort);

const messageEventInit = {
  ...eventInit,
  data: { to: toAny, default: null },
  lastEventId: { to: toDOMString, default: '' },
  origin: { to: toUSVString, default: '' },
  ports: { to: toPorts, default: (): object[] => [] },
  source: { to: toSource, default: null },
} as const;

export class MessageEvent extends Event {
  #data: unknown;
  #origin: string;
  #lastEventId: string;
  #source: object | null;
  #ports: readonly object[];

  constructor(type: unknown, init: unknown = undefined) {
    requireArguments(arguments.length, 1, 'new MessageEvent()');
    const name = toDOMString(type, 'The type of an event');
    const given = toDictionary(init, messageEventInit, 'MessageEventInit');
    super(name, flagsOf(given), internal);
    this.#data = given.data;
    this.#origin = given.origin;
    this.#lastEventId = given.lastEventId;
    this.#source = given.source;
    this.#ports = freeze(given.ports);
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  get source(): object | null {
    return this.#source;
  }

  get ports(): readonly object[] {
    return this.#ports;
  }

  initMessageEvent(
    type: unknown,
    bubbles: unknown = false,
    cancelable: unknown = false,
    data: unknown = null,
    origin: unknown = '',
    lastEventId: unknown = '',
    source: unknown = null,
    ports: unknown = undefined,
  ): void {
    requireArguments(arguments.length, 1, 'MessageEvent.initMessageEvent');
    const name = toDOMString(type, 'The type of an event');
    const from = toUSVString(origin, 'The origin of initMessageEvent');
    const id = toDOMString(lastEventId, 'The lastEventId of initMessageEvent');
    const sender = toSource(source, 'The source of initMessageEvent');
    const given = ports === undefined ? [] : toPorts(ports, 'The ports of initMessageEvent');
    if (access.isDispatching(this)) return;
    this.initEvent(name, bubbles, cancelable);
    this.#data = data;
    this.#origin = from;
    this.#lastEventId = id;
    this.#source = sender;
    this.#ports = freeze(given);
  }
}

defineInterface(MessageEvent, {
  name: 'MessageEvent',
  members: ['data', 'origin', 'lastEventId', 'source', 'ports', 'initMessageEvent'],
  lengths: { constructor: 1, initMessageEvent: 1 },
});

/** What a port gets. */
export function messageEvent(data: unknown, ports: readonly object[]): MessageEvent {
  return access.trust(new MessageEvent('message', { __proto__: null, data, ports }));
}
