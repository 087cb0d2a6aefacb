import { type Channel, channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { callListeners } from '../../runtime/listener-warning.ts';

/**
 * Typed events that are also published on `diagnostics_channel` as `<prefix>:<event>`. A listener that throws or rejects
 * is a process warning with the code `ISOLET_LISTENER_THREW`; the invocation and the other listeners don't notice.
 */
export abstract class Observable<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  readonly #prefix: string;
  readonly #channels = new Map<string, Channel>();

  constructor(prefix: string) {
    super();
    this.#prefix = prefix;
  }

  /** @internal */
  tell<Name extends keyof Events & string>(name: Name, ...args: Events[Name]): void {
    let diagnostics = this.#channels.get(name);
    if (!diagnostics) {
      diagnostics = channel(`${this.#prefix}:${name}`);
      this.#channels.set(name, diagnostics);
    }
    if (diagnostics.hasSubscribers) diagnostics.publish(args[0]);
    callListeners(this as EventEmitter, name, args, `'${this.#prefix}'`);
  }
}
