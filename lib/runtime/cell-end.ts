import type { CellExit } from '../cells/spawned-process.ts';
import type { NativeCellEnd } from '../native.ts';

/**
 * Why a cell ended.
 *
 * - `closed`: its owner wanted that.
 * - `memory`: it had more memory than it may.
 * - `silent`: it did not answer in time, or did not read what it was sent.
 * - `processor`: it computed although nothing was asked of it.
 * - `misbehaved`: it sent what no cell sends.
 * - `crashed`: V8 or the system declared that it could not go on.
 * - `forbidden`: it asked the kernel for what it must not.
 * - `killed`: somebody else ended it, such as a system without memory.
 * - `exited`: it went by itself.
 */
export type CellEndReason = Exclude<NativeCellEnd, 'ended'> | 'crashed' | 'forbidden' | 'killed' | 'exited';

/** How a cell ended, and why. */
export interface CellEnd extends CellExit {
  reason: CellEndReason;
}

const crashes: ReadonlySet<string> = new Set(['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGTRAP', 'SIGFPE']);

/** @param said - what the engine says: `'ended'` if it does not know better */
export function endOf(exit: CellExit, said: NativeCellEnd): CellEnd {
  return { ...exit, reason: said === 'ended' ? reasonOf(exit) : said };
}

function reasonOf({ signal }: CellExit): CellEndReason {
  if (signal === null) return 'exited';
  if (signal === 'SIGSYS') return 'forbidden';
  return crashes.has(signal) ? 'crashed' : 'killed';
}
