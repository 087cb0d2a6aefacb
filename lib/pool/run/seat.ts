import { apiGlobals, type Namespace } from '../api/bind.ts';
import type { CallTarget } from '../api/call.ts';
import type { NamedApi } from '../api/declare.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { Invocation } from '../report/invocation.ts';
import type { GuestLines } from './guest-lines.ts';

/** Whose code a runtime runs, and who hears of what it does. */
export interface Tenancy {
  readonly fn: ResolvedFunction;
  readonly lines: GuestLines;
  caller(): Invocation | 'ended' | undefined;
}

/** What a guest calls of the host, in the order of the wrapper's arguments. */
export type Bound = readonly [
  apis: Namespace,
  emit: GuestLines['emit'],
  expectMore: GuestLines['expectMore'],
  note: GuestLines['note'],
];

/**
 * What stands between the functions that the host gives to a guest and the function that will live in it: so they can be
 * given before it is known which that is.
 */
export class Seat implements CallTarget {
  #tenancy: Tenancy | undefined;

  /** Before code runs that could call any of it. */
  take(tenancy: Tenancy): void {
    this.#tenancy = tenancy;
  }

  get fn(): ResolvedFunction {
    return this.#taken.fn;
  }

  caller(): Invocation | 'ended' | undefined {
    return this.#taken.caller();
  }

  /** @param allowed names of the platform's functions that it gets; undefined: all */
  bind(apis: readonly NamedApi[], allowed: readonly string[] | undefined): Bound {
    return [
      apiGlobals(apis, allowed, this),
      (key, level, text, isCut) => this.#taken.lines.emit(key, level, text, isCut),
      (key) => this.#taken.lines.expectMore(key),
      (key, what, detail) => this.#taken.lines.note(key, what, detail),
    ];
  }

  get #taken(): Tenancy {
    if (!this.#tenancy) throw new Error('No function lives here yet');
    return this.#tenancy;
  }
}
