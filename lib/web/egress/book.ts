import type { FetchCaller } from '../../options/web.ts';

/** What was fetched through `egress`. */
export interface EgressUse {
  /** Requests, redirects that were followed and requests that were refused among them. */
  requests: number;
  /** Those that a rule or a limit refused. */
  refused: number;
  /** Bytes of bodies that were sent. */
  bytesSent: number;
  /** Bytes of bodies that the guest was given, unpacked. */
  bytesReceived: number;
}

/** The account of one invocation, or of one call of a guest. */
export class EgressBook {
  readonly #sum: EgressUse = { requests: 0, refused: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #cut: EgressUse = { ...this.#sum };

  get requests(): number {
    return this.#sum.requests;
  }

  add(name: keyof EgressUse, count = 1): void {
    this.#sum[name] += count;
  }

  /** What was added since it was last asked; undefined for nothing. */
  take(): EgressUse | undefined {
    const use = { ...this.#sum };
    for (const name of Object.keys(use) as (keyof EgressUse)[]) {
      use[name] -= this.#cut[name];
      this.#cut[name] = this.#sum[name];
    }
    return Object.values(use).some((count) => count > 0) ? use : undefined;
  }
}

/** Has an account: what calls of guests carry may. */
export const egressBook = Symbol('egressBook');

const books = new WeakMap<object, EgressBook>();

/** The account of the guest that asks: the invocation's; without one the call's. */
export function bookOf(caller: FetchCaller | undefined): EgressBook {
  const { context, call } = caller ?? {};
  const key = isObject(context) ? context : call;
  if (key === undefined) return new EgressBook();
  const own = (key as { [egressBook]?: EgressBook })[egressBook];
  if (own) return own;
  let book = books.get(key);
  if (!book) {
    book = new EgressBook();
    books.set(key, book);
  }
  return book;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
