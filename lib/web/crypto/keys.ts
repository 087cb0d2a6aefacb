import type { webcrypto } from 'node:crypto';
import type { HostKey } from '../../shared/web/crypto.ts';
import { mostKeys } from './limits.ts';

type NodeKey = webcrypto.CryptoKey;
type Handle = () => never;

/**
 * The keys of one guest that are in the host, by the functions that stand for them there. `isHeld` says whether the guest
 * still has one.
 */
export class Keys {
  readonly #byHandle = new Map<Handle, NodeKey>();
  readonly #isHeld: (handle: Handle) => boolean;

  constructor(isHeld: (handle: Handle) => boolean) {
    this.#isHeld = isHeld;
  }

  /** Whether so many more fit, when those are gone that the guest has let go. */
  hasRoom(count: number): boolean {
    if (this.#byHandle.size + count <= mostKeys) return true;
    for (const handle of this.#byHandle.keys()) if (!this.#isHeld(handle)) this.#byHandle.delete(handle);
    return this.#byHandle.size + count <= mostKeys;
  }

  add(key: NodeKey): HostKey {
    const handle: Handle = () => {
      throw new TypeError('A key is not called');
    };
    this.#byHandle.set(handle, key);
    return {
      handle,
      type: key.type,
      extractable: key.extractable,
      algorithm: structuredClone(key.algorithm) as HostKey['algorithm'],
      usages: [...key.usages] as HostKey['usages'],
    };
  }

  /** @throws TypeError it is no handle of this guest's */
  get(handle: unknown): NodeKey {
    const key = this.#byHandle.get(handle as Handle);
    if (!key) throw new TypeError('There is no such key');
    return key;
  }

  clear(): void {
    this.#byHandle.clear();
  }
}
