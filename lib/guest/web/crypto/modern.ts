import { ops } from '../base/ops.ts';

/** Whether this Node has the algorithms and methods of https://wicg.github.io/webcrypto-modern-algos/. */
export function hasModern(): boolean {
  return ops.guest.settings().modernCrypto;
}
