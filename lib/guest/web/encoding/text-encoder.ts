/** TextEncoder, after https://encoding.spec.whatwg.org/#interface-textencoder. */
import { ops } from '../base/ops.ts';
import { defineInterface, requireArguments, toDOMString, typeOf } from '../base/webidl.ts';

const nameOfTypedArray = Reflect.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get as () => unknown;

/** What the op leaves: units read, bytes written. */
const counts = new Uint32Array(2);

class TextEncoder {
  #brand = true;

  get encoding(): string {
    void this.#brand;
    return 'utf-8';
  }

  encode(input: unknown = ''): Uint8Array {
    void this.#brand;
    return ops.text.encode(typeof input === 'string' ? input : toDOMString(input, 'The input'));
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    void this.#brand;
    requireArguments(arguments.length, 2, 'TextEncoder.encodeInto');
    const text = toDOMString(source, 'The source');
    if (Reflect.apply(nameOfTypedArray, destination, []) !== 'Uint8Array') {
      throw new TypeError(`The destination must be a Uint8Array, got ${typeOf(destination)}`);
    }
    ops.text.encodeInto(text, destination as Uint8Array, counts);
    return { read: counts[0] as number, written: counts[1] as number };
  }
}

defineInterface(TextEncoder, {
  name: 'TextEncoder',
  members: ['encoding', 'encode', 'encodeInto'],
  lengths: { encode: 0 },
});

export { TextEncoder };
