import { types } from 'node:util';
import { isLong } from '../../errors/brief.ts';
import { shownAs } from './parts.ts';

/** Characters of one failure that are looked at; further texts are cut or left out. */
const mostCharacters = 1_000_000;
const longestNumber = 1n << 4096n;

/** The texts of one failure, each cleaned once. */
export class Texts {
  readonly #clean: (text: string, isCut?: boolean) => string;
  readonly #changed = new Map<string, string>();
  #left = mostCharacters;

  constructor(clean: (text: string, isCut?: boolean) => string) {
    this.#clean = clean;
  }

  /** Of a value without parts. */
  hasSecret(value: unknown): boolean {
    const text = textOf(value);
    if (text === undefined || text === '') return false;
    if (this.#changed.has(text)) return true;
    const isCut = text.length > this.#left;
    const clean = this.#clean(isCut ? text.slice(0, this.#left) : text, isCut);
    this.#left = Math.max(this.#left - text.length, 0);
    if (clean === text) return false;
    this.#changed.set(text, isCut ? `${clean}…` : clean);
    return true;
  }

  /** What `hasSecret` was asked about before. */
  cleaned(value: unknown): unknown {
    const text = textOf(value);
    const clean = text === undefined ? undefined : this.#changed.get(text);
    if (clean === undefined) return value;
    return typeof value === 'symbol' ? Symbol(clean) : clean;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return isLong(value, longestNumber) ? undefined : String(value);
  return typeof value === 'symbol' ? value.description : undefined;
}

/** Itself, or what stands for it. */
export function leafInstead(value: object, texts: Texts): unknown {
  const text = leafText(value);
  if (text === undefined) return shownAs(value);
  if (!texts.hasSecret(text)) return value;
  return types.isRegExp(value) ? /\[redacted\]/ : texts.cleaned(text);
}

/** What could be read in it; nothing of an object that is more than data. */
function leafText(value: object): string | undefined {
  if (types.isProxy(value)) return undefined;
  if (typeof value === 'function') {
    const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value;
    return typeof name === 'string' ? name : '';
  }
  if (types.isRegExp(value)) return Object.getOwnPropertyDescriptor(RegExp.prototype, 'source')?.get?.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isArrayBufferView(value)) return textOfBytes(value.buffer, value.byteOffset, value.byteLength);
  if (types.isAnyArrayBuffer(value)) return textOfBytes(value, 0, value.byteLength);
  const isHarmless =
    types.isDate(value) || types.isPromise(value) || types.isBoxedPrimitive(value) || value instanceof ReadableStream;
  return isHarmless ? '' : undefined;
}

/** As one byte for each character, or two. */
function textOfBytes(buffer: ArrayBufferLike, from: number, length: number): string {
  const bytes = Buffer.from(buffer as ArrayBuffer, from, length);
  const text = bytes.toString('utf8');
  return text.includes('\0') ? `${text}\n${bytes.toString('utf16le')}` : text;
}
