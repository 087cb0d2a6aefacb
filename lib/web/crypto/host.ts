import { setImmediate } from 'node:timers/promises';
import type { HostAnswer, HostRequest } from '../../shared/web/crypto.ts';
import { Keys } from './keys.ts';
import { refuse } from './limits.ts';
import { run } from './run.ts';
import { Turns } from './turns.ts';

/** RSA keys being made, and Argon2: long. */
const long = new Turns(1);
const short = new Turns(2);

const isLong = ({ op, ...request }: HostRequest) =>
  'algorithm' in request &&
  ((op === 'generateKey' && 'modulusLength' in request.algorithm) || 'memory' in request.algorithm);

/** What the standard lets an operation reject with. */
const names: ReadonlySet<string> = new Set([
  'DataError',
  'InvalidAccessError',
  'NotSupportedError',
  'OperationError',
  'SyntaxError',
  'TypeError',
]);

/** Node's webcrypto for one guest. */
export class CryptoHost {
  readonly #keys: Keys;

  /** `isHeld`: whether the guest still has a function that it got. */
  constructor(isHeld: (handle: () => never) => boolean) {
    this.#keys = new Keys(isHeld);
  }

  /** `again`: the guest has just let go what it does not need. Never rejects. */
  async ask(request: HostRequest, again: boolean): Promise<HostAnswer> {
    const error = refuse(request);
    if (error) return { error };
    if (!(await this.#hasRoom(request, again))) return { full: true };
    try {
      return await (isLong(request) ? long : short).run(this, () => run(request, this.#keys));
    } catch (thrown) {
      return { error: told(thrown) };
    }
  }

  async #hasRoom({ op }: HostRequest, again: boolean): Promise<boolean> {
    if (op !== 'generateKey' && op !== 'importKey' && op !== 'getPublicKey') return true;
    // What the guest let go is on its way.
    for (let round = 0; again && round < 2 && !this.#keys.hasRoom(2); round++) await setImmediate();
    return this.#keys.hasRoom(2);
  }

  [Symbol.dispose](): void {
    long.forget(this);
    short.forget(this);
    this.#keys.clear();
  }
}

/** Errors of the standard as they are; Node's own are an operation that failed. */
function told(thrown: unknown): { name: string; message: string } {
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  const known = typeof name === 'string' && names.has(name);
  const text = typeof message === 'string' && message !== '' ? message : 'The operation failed';
  return known ? { name, message: text } : { name: 'OperationError', message: 'The operation failed' };
}
