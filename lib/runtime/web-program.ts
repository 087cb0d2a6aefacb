import { webcrypto } from 'node:crypto';
import { giveWebPrograms } from '../native/web-programs.ts';
import type { CheckedWeb } from '../options/web.ts';
import { engine } from './engine.ts';

/** Whether this Node has the algorithms of https://wicg.github.io/webcrypto-modern-algos/. */
const modernCrypto = 'encapsulateBits' in webcrypto.subtle;

let given = false;

/** Hands the engine the programs of the web's APIs, once in a process. */
export function giveWebProgram(): void {
  if (given) return;
  if (!giveWebPrograms(engine())) {
    throw new Error('This process has loaded isolet in two versions that share one addon: their web APIs differ');
  }
  given = true;
}

/** What the engine takes for the option `web`. */
export interface NativeWeb {
  /** What the guest reads of its options, as JSON; `''` = it has no web APIs. */
  web: string;
  webClockResolution: number;
}

export function nativeWeb(web: CheckedWeb | undefined): NativeWeb {
  if (!web) return { web: '', webClockResolution: 0 };
  giveWebProgram();
  const { baseUrl = null, userAgent } = web;
  return {
    web: JSON.stringify({ baseUrl, userAgent, fetch: web.fetch !== undefined, modernCrypto }),
    webClockResolution: web.clockResolution,
  };
}
