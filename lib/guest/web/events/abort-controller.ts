/** AbortController (https://dom.spec.whatwg.org/#interface-abortcontroller). */
import { defineInterface } from '../base/webidl.ts';
import { type AbortSignal, abort, createSignal } from './abort-signal.ts';

export class AbortController {
  readonly #signal = createSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason: unknown = undefined): void {
    abort(this.#signal, reason);
  }
}

defineInterface(AbortController, { name: 'AbortController', members: ['signal', 'abort'], lengths: { abort: 0 } });
