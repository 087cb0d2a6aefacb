/** `navigator`: of it only what every server runtime has. */
import { ops } from '../base/ops.ts';
import { defineInterface, internal, requireInternal } from '../base/webidl.ts';

export class Navigator {
  #own = true;

  constructor(given?: unknown) {
    requireInternal(given);
  }

  get userAgent(): string {
    if (!(#own in this)) throw new TypeError("'userAgent' was read of something that is not a Navigator");
    return ops.guest.settings().userAgent;
  }
}

defineInterface(Navigator, { name: 'Navigator', members: ['userAgent'], lengths: { constructor: 0 } });

export const navigator = new Navigator(internal);
