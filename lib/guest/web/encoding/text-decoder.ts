/** TextDecoder, after https://encoding.spec.whatwg.org/#interface-textdecoder. */
import { ops } from '../base/ops.ts';
import { bytesOf, defineInterface, toBoolean, toBufferSource, toDictionary, toDOMString } from '../base/webidl.ts';
import { type Encoding, encodingOf, utf8 } from './labels.ts';
import { type LegacyDecoder, legacyDecoder } from './legacy.ts';

/** For ops.text.decode. */
const flag = { fatal: 1, ignoreBOM: 2, stream: 4 } as const;

const { isView } = ArrayBuffer;
const optionsMembers = {
  fatal: { to: toBoolean, default: false },
  ignoreBOM: { to: toBoolean, default: false },
} as const;
const decodeMembers = { stream: { to: toBoolean, default: false } } as const;

function withCode<T extends Error>(error: T, code: string): T {
  Object.defineProperty(error, 'code', { value: code, writable: true, enumerable: true, configurable: true });
  return error;
}

function unknownEncoding(label: string): RangeError {
  const shown = label.length > 100 ? `${label.slice(0, 100)}…` : label;
  return withCode(new RangeError(`There is no encoding named '${shown}'`), 'ERR_ENCODING_NOT_SUPPORTED');
}

function malformed(encoding: Encoding): TypeError {
  const message = `The bytes are not valid in the encoding ${encoding.name}`;
  return withCode(new TypeError(message), 'ERR_ENCODING_INVALID_ENCODED_DATA');
}

class TextDecoder {
  #encoding: Encoding;
  #flags: number;
  /** What is left between two pieces of a stream. */
  #state: Uint32Array | undefined;
  #legacy: LegacyDecoder | undefined;

  constructor(label: unknown = 'utf-8', options: unknown = undefined) {
    if (label === 'utf-8') {
      this.#encoding = utf8;
    } else {
      const text = toDOMString(label, 'The label');
      const encoding = encodingOf(text);
      if (!encoding) throw unknownEncoding(text);
      this.#encoding = encoding;
    }
    this.#flags = 0;
    if (options !== undefined) {
      const { fatal, ignoreBOM } = toDictionary(options, optionsMembers, 'The options of TextDecoder');
      this.#flags = (fatal ? flag.fatal : 0) | (ignoreBOM ? flag.ignoreBOM : 0);
    }
  }

  get encoding(): string {
    return this.#encoding.name;
  }

  get fatal(): boolean {
    return (this.#flags & flag.fatal) !== 0;
  }

  get ignoreBOM(): boolean {
    return (this.#flags & flag.ignoreBOM) !== 0;
  }

  decode(input: unknown = undefined, options: unknown = undefined): string {
    let flags = this.#flags;
    let bytes: ArrayBuffer | ArrayBufferView | undefined;
    if (isView(input)) bytes = input;
    else if (input !== undefined) bytes = toBufferSource(input, 'The input', { shared: true, resizable: true });
    if (options !== undefined) {
      const { stream } = toDictionary(options, decodeMembers, 'The options of TextDecoder.decode');
      if (stream) {
        flags |= flag.stream;
        this.#state ??= new Uint32Array(4);
      }
    }
    bytes ??= new Uint8Array();
    const { number } = this.#encoding;
    if (number === undefined) return this.#decodeLegacy(bytesOf(bytes), (flags & flag.stream) !== 0);
    const text = ops.text.decode(number, bytes, flags, this.#state);
    if (text === undefined) throw malformed(this.#encoding);
    return text;
  }

  #decodeLegacy(bytes: Uint8Array, stream: boolean): string {
    this.#legacy ??= legacyDecoder(this.#encoding.name, this.fatal);
    const text = this.#legacy(bytes, stream);
    if (text === undefined) throw malformed(this.#encoding);
    return text;
  }
}

defineInterface(TextDecoder, {
  name: 'TextDecoder',
  members: ['encoding', 'fatal', 'ignoreBOM', 'decode'],
  lengths: { constructor: 0, decode: 0 },
});

export { TextDecoder };
