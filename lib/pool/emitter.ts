import { type Channel, channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';

/**
 * Typed events that are also published on `diagnostics_channel` as `<prefix>:<event>`. A listener that throws is the
 * process's problem (as everywhere in Node) but never the invocation's: the error is thrown on a fresh stack.
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
    const emitter = this as EventEmitter;
    if (emitter.listenerCount(name) === 0) return;
    for (const listener of emitter.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
