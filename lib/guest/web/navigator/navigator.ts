/** `navigator`: of it only what every server runtime has. */
import { ops } from '../base/ops.ts';

const token = {};

export class Navigator {
  #own = true;

  constructor(given?: unknown) {
    if (given !== token) throw new TypeError('Illegal constructor');
  }

  get userAgent(): string {
    if (!(#own in this)) throw new TypeError("'userAgent' was read of something that is not a Navigator");
    return ops.guest.settings().userAgent;
  }

  static {
    Object.defineProperty(Navigator, 'length', { value: 0 });
    Object.defineProperty(Navigator.prototype, 'userAgent', { enumerable: true });
    Object.defineProperty(Navigator.prototype, Symbol.toStringTag, { value: 'Navigator', configurable: true });
  }
}

export const navigator = new Navigator(token);
