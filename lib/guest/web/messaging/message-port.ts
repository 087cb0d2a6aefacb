/**
 * MessageChannel and MessagePort (https://html.spec.whatwg.org/#message-channels), within one guest. A message is delivered
 * in a task of its own that belongs to the call that posted it, like a timer.
 */
import { ops } from '../base/ops.ts';
import {
  defineInterface,
  internal,
  isObject,
  requireArguments,
  requireInternal,
  toDictionary,
  toObject,
  toSequence,
} from '../base/webidl.ts';
import { trustedEvent } from '../events/event.ts';
import { dispatch, EventTarget } from '../events/event-target.ts';
import { defineHandler } from '../events/handlers.ts';
import { cloneWithTransfer } from './clone.ts';
import { notTransferred } from './clone-failure.ts';
import { messageEvent, usePorts } from './message-event.ts';
import { cloneOptions } from './structured-clone.ts';

interface Message {
  data: unknown;
  ports: MessagePort[];
}

/** One end of a channel. It stays when the port that stands for it is transferred. */
class End {
  port: MessagePort | undefined;
  other: End | undefined;
  enabled = false;
  /** Came before the port was enabled. */
  waiting: Message[] = [];

  receive(message: Message): void {
    if (this.enabled) this.#deliverLater(message);
    else this.waiting.push(message);
  }

  enable(): void {
    if (this.enabled) return;
    this.enabled = true;
    const { waiting } = this;
    this.waiting = [];
    for (let i = 0; i < waiting.length; i++) this.#deliverLater(waiting[i] as Message);
  }

  #deliverLater(message: Message): void {
    ops.guest.setTask(() => {
      // Closed, or transferred, meanwhile.
      if (!this.port) return;
      if (this.enabled) dispatch(this.port, messageEvent(message.data, message.ports));
      else this.waiting.push(message);
    });
  }

  close(): void {
    const { other } = this;
    this.port = undefined;
    this.other = undefined;
    this.waiting = [];
    if (!other) return;
    other.other = undefined;
    // Behind the messages that are on their way.
    ops.guest.setTask(() => {
      if (other.port) dispatch(other.port, trustedEvent('close'));
    });
  }
}

let enable: (port: MessagePort) => void;
let isPort: (value: unknown) => value is MessagePort;
/** The end of a port goes on in another one. */
let move: (port: MessagePort) => MessagePort;

export class MessagePort extends EventTarget {
  #end: End | undefined;

  constructor(token?: unknown, end?: End) {
    requireInternal(token);
    super();
    this.#end = end;
    if (end) end.port = this;
  }

  postMessage(message: unknown, options: unknown = undefined): void {
    const end = this.#end;
    requireArguments(arguments.length, 1, 'MessagePort.postMessage');
    const transfer = readTransfer(options);
    let doomed = false;
    for (let i = 0; i < transfer.length; i++) {
      if (transfer[i] === this) throw notTransferred('A MessagePort can not be transferred through itself');
      if (end?.other && transfer[i] === end.other.port) doomed = true;
    }
    const { value, transferred } = cloneWithTransfer(message, transfer);
    // A port that goes through its own channel takes the message with it.
    if (doomed) end?.close();
    else end?.other?.receive({ data: value, ports: transferred.filter(isPort) });
  }

  start(): void {
    this.#end?.enable();
  }

  close(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.close();
  }

  static {
    enable = (port) => port.#end?.enable();
    isPort = (value): value is MessagePort => typeof value === 'object' && value !== null && #end in value;
    move = (port) => {
      const end = port.#end;
      if (!end?.port) throw notTransferred('A MessagePort of the transfer list is closed or transferred already');
      port.#end = undefined;
      end.enabled = false;
      return new MessagePort(internal, end);
    };
  }
}

function readTransfer(options: unknown): object[] {
  // A sequence is an object that iterates; any other is a dictionary.
  const what = 'The second argument of MessagePort.postMessage';
  if (isObject(options)) {
    const method = (options as { [Symbol.iterator]?: unknown })[Symbol.iterator];
    if (method !== undefined && method !== null) return toSequence(options, toObject, what, method);
  }
  return toDictionary(options, cloneOptions, what).transfer;
}

defineInterface(MessagePort, {
  name: 'MessagePort',
  members: ['postMessage', 'start', 'close'],
  lengths: { constructor: 0, postMessage: 1 },
  transfer: (port: MessagePort) => move(port),
});
// To say what to do with messages is to ask for them.
defineHandler(MessagePort.prototype, 'message', { changed: (port) => enable(port as MessagePort) });
defineHandler(MessagePort.prototype, 'messageerror');
defineHandler(MessagePort.prototype, 'close');
usePorts((value): value is MessagePort => isPort(value));

export class MessageChannel {
  readonly #port1: MessagePort;
  readonly #port2: MessagePort;

  constructor() {
    const one = new End();
    const two = new End();
    one.other = two;
    two.other = one;
    this.#port1 = new MessagePort(internal, one);
    this.#port2 = new MessagePort(internal, two);
  }

  get port1(): MessagePort {
    return this.#port1;
  }

  get port2(): MessagePort {
    return this.#port2;
  }
}

defineInterface(MessageChannel, { name: 'MessageChannel', members: ['port1', 'port2'] });
