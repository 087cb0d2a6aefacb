import { invalidRange } from '../options/invalid.ts';

/** What a guest has only if an option asks for it, and the scripts of a snapshot may take hold of as they load. */
export interface Abilities {
  readonly maxTimers: number;
  readonly streams: boolean;
}

const none: Abilities = { maxTimers: 0, streams: false };

/** Of these the scripts of a snapshot must not know that was built without them: they are made after these. */
export interface Late {
  readonly lateTimers: boolean;
  readonly lateStreams: boolean;
}

/** @param built - undefined: there is no snapshot */
export function lateOnes(has: Abilities, built: Abilities | undefined): Late {
  if (!built) return { lateTimers: false, lateStreams: false };
  return { lateTimers: has.maxTimers > 0 && built.maxTimers === 0, lateStreams: has.streams && !built.streams };
}

type Given = { [Name in keyof Abilities]: Abilities[Name] | undefined };

/**
 * What a runtime has: what its options say, otherwise what its snapshot was built with. What the scripts of the snapshot
 * may hold can't be taken from them.
 *
 * @throws RangeError (`ERR_ISOLET_INVALID_ARG`)
 */
export function joinAbilities(given: Given, built: Abilities = none): Abilities {
  const { maxTimers = built.maxTimers, streams = built.streams } = given;
  if (maxTimers === 0 && built.maxTimers > 0) throw missing('maxTimers', maxTimers, 'at least 1');
  if (!streams && built.streams) throw missing('streams', streams, 'true');
  return { maxTimers, streams };
}

function missing(option: keyof Abilities, value: unknown, right: string): RangeError {
  return invalidRange(option, value, `${right} or left out, because the snapshot was built with '${option}'`);
}
