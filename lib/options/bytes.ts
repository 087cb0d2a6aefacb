import { invalidType } from './invalid.ts';

/**
 * What a `Uint8Array` shows now, in memory of its own: nobody changes it afterwards, not even where the given memory is
 * shared with other threads or grows.
 *
 * @throws InvalidArgTypeError naming `option`: the memory is gone
 */
export function copyBytes(bytes: Uint8Array, option: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalidType(option, bytes, 'a Uint8Array whose memory is there: this one was detached or cut off');
  }
}
