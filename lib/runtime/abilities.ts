import { invalidRange } from '../options/invalid.ts';
import { type CheckedWeb, checkWeb, webTimers } from '../options/web.ts';

/** What a guest has only if an option asks for it, and the scripts of a snapshot may take hold of as they load. */
export interface Abilities {
  readonly maxTimers: number;
  readonly streams: boolean;
  readonly web: boolean;
}

const none: Abilities = { maxTimers: 0, streams: false, web: false };

/** Of these the scripts of a snapshot must not know that was built without them: they are made after these. */
export interface Late {
  readonly lateTimers: boolean;
  readonly lateStreams: boolean;
  readonly lateWeb: boolean;
}

/** @param built - undefined: there is no snapshot */
export function lateOnes(has: Abilities, built: Abilities | undefined): Late {
  return {
    lateTimers: built !== undefined && has.maxTimers > 0 && built.maxTimers === 0,
    // With the web's APIs they are among these.
    lateStreams: built !== undefined && has.streams && !built.streams && !has.web,
    lateWeb: built !== undefined && has.web && !built.web,
  };
}

/** What the options say: undefined where they say nothing. */
export interface Given {
  readonly maxTimers: number | undefined;
  readonly streams: boolean | undefined;
  readonly web: CheckedWeb | false | undefined;
}

/** The web's APIs as the guest has them, with the rest of what it has. */
export interface Joined {
  readonly abilities: Abilities;
  readonly web: CheckedWeb | undefined;
}

/**
 * What a runtime has: what its options say, otherwise what its snapshot was built with. What the scripts of the snapshot
 * may hold can't be taken from them. The web's APIs bring timers and streams.
 *
 * @throws RangeError (`ERR_ISOLET_INVALID_ARG`)
 */
export function joinAbilities(given: Given, built: Abilities = none): Joined {
  const web = given.web ?? (built.web ? (checkWeb(true) as CheckedWeb) : false);
  if (!web && built.web) throw missing('web', web, 'true or an object');
  if (web && built.streams && !built.web) {
    throw invalidRange('web', true, "left out, because the snapshot was built with 'streams' and without 'web'");
  }
  const { maxTimers = built.maxTimers || (web ? webTimers : 0), streams = built.streams || web !== false } = given;
  if (maxTimers === 0 && built.maxTimers > 0) throw missing('maxTimers', maxTimers, 'at least 1');
  if (!streams && built.streams) throw missing('streams', streams, 'true');
  return { abilities: { maxTimers, streams, web: web !== false }, web: web || undefined };
}

function missing(option: keyof Abilities, value: unknown, right: string): RangeError {
  return invalidRange(option, value, `${right} or left out, because the snapshot was built with '${option}'`);
}
