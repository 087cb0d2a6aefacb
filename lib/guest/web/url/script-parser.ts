/**
 * The URL parser of Nodes whose own can't be used (native/web/ada.h): a program of its own, whatwg-url, that is loaded
 * when the first URL is parsed.
 */
import { ops } from '../base/ops.ts';

/** As the ops of the same names; lib/guest/whatwg-url.ts. */
export interface ScriptParser {
  parse(input: string, base: string | undefined, offsets: Int32Array): string | undefined;
  set(href: string, which: number, value: string, offsets: Int32Array): string | undefined;
  setUtf8(utf8: { encode(text: string): Uint8Array; decode(bytes: Uint8Array): string }): void;
}

let parser: ScriptParser | undefined;

export function scriptParser(): ScriptParser {
  if (!parser) {
    parser = ops.libraries.load('whatwg-url') as ScriptParser;
    parser.setUtf8({
      encode: (text) => ops.text.encode(text),
      decode: (bytes) => ops.text.decode(0, bytes, 2, undefined) as string,
    });
  }
  return parser;
}
