/** atob and btoa (https://html.spec.whatwg.org/#atob). */
import { DOMException } from '../base/dom-exception.ts';
import { ops } from '../base/ops.ts';
import { requireArguments, toDOMString } from '../base/webidl.ts';

// Methods have no prototype and can't be constructed, as functions of Web IDL.
const functions = {
  atob(data: unknown): string {
    requireArguments(arguments.length, 1, 'atob');
    const decoded = ops.base64.decode(toDOMString(data, 'The data'));
    if (decoded === undefined) throw new DOMException('The string is not valid base64', 'InvalidCharacterError');
    return decoded;
  },

  btoa(data: unknown): string {
    requireArguments(arguments.length, 1, 'btoa');
    const encoded = ops.base64.encode(toDOMString(data, 'The data'));
    if (encoded === undefined) {
      throw new DOMException('The string holds characters above U+00FF', 'InvalidCharacterError');
    }
    return encoded;
  },
};

export const { atob, btoa } = functions;
