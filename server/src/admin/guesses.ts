import { createHash } from 'node:crypto';
import { ServerError } from '../errors/server-error.ts';

/** Wrong tokens that one address may show at once, and after how many ms it may show one more. */
const burst = 20;
const every = 3000;
/** Addresses, and right tokens, that are remembered; what was heard of longest ago is forgotten first. */
const most = 10_000;

interface Bucket {
  left: number;
  at: number;
}

/**
 * Bounds how many wrong tokens one address may try. Once it has tried too many, tokens from there are not even looked
 * up, but for those that were right there before: who shares an address with somebody who guesses goes on working. The
 * same wrong token again is no guess.
 */
export class Guesses {
  readonly #buckets = new Map<string, Bucket>();
  readonly #right = new Recent();
  readonly #wrong = new Recent();
  readonly #now: () => number;

  /** @param now - ms of a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws {ServerError} if too many wrong tokens came from the address. */
  async try<T>(address: string, token: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const place = networkOf(address);
    const key = createHash('sha256').update(`${place} ${token}`).digest('base64');
    // Tokens are random: what is none today is none tomorrow.
    if (this.#wrong.has(key)) return undefined;
    const left = this.#left(place);
    if (left < 1 && !this.#right.has(key)) throw tooMany(Math.ceil((1 - left) * every));
    // Before it is looked up: many may come at once.
    this.#add(place, -1);
    const found = await find();
    this.#right.delete(key);
    if (found) {
      this.#add(place, 1);
      this.#right.add(key);
    } else this.#wrong.add(key);
    return found;
  }

  #add(place: string, tries: number): void {
    const left = Math.min(burst, Math.max(0, this.#left(place) + tries));
    this.#buckets.delete(place);
    if (left < burst) this.#buckets.set(place, { left, at: this.#now() });
    if (this.#buckets.size > most) this.#buckets.delete(this.#buckets.keys().next().value as string);
  }

  #left(place: string): number {
    const bucket = this.#buckets.get(place);
    return bucket ? Math.min(burst, bucket.left + (this.#now() - bucket.at) / every) : burst;
  }
}

/** The latest of what was added. */
class Recent {
  readonly #keys = new Set<string>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size > most) this.#keys.delete(this.#keys.values().next().value as string);
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }
}

const tooMany = (retryAfter: number): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_TOO_MANY', 'Too many wrong tokens came from this address.', { retryAfter });

/** Whoever has one address of IPv6 has the 2^64 of its network. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':');
}
