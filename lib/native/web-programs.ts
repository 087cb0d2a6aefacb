import { guestFile } from '../guest-file.ts';
import type { NativeAddon } from '../native.ts';

const program = 'guest-web.js';
/** What few guests need. */
const encodings = 'legacy-encodings';
const urlParser = 'whatwg-url';
const fileOf = (library: string): string => `guest-${library}.js`;

/** The files in `dist/` that {@link giveWebPrograms} may read. */
export const webProgramFiles: readonly string[] = [program, fileOf(encodings), fileOf(urlParser)];

/**
 * Hands the engine the programs of the web's APIs, for the whole process. Libraries are read now: where guests run,
 * files may be out of reach later.
 *
 * @returns false: it has another program
 */
export function giveWebPrograms(addon: NativeAddon): boolean {
  if (!addon.setWebProgram(guestFile(program))) return false;
  for (const library of addon.hasUrlParser() ? [encodings] : [encodings, urlParser]) {
    addon.setWebLibrary(library, guestFile(fileOf(library)));
  }
  return true;
}
