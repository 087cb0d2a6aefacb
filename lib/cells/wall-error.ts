import { getSystemErrorName } from 'node:util';
import { CellError, type CellWall } from '../errors/cell-error.ts';
import { adviceFor } from './advice.ts';

/** A layer that is required can't be had: which, what the system said, and what its administrator can do. */
export function wallError(wall: CellWall): CellError {
  const message = `The layer '${wall.layer}' of a cell ${whatHappened(wall)}. ${adviceFor(wall)}`;
  // Only this one is about a moment: who started it was just ending.
  return new CellError(message, { retryable: wall.layer === 'parent_death', wall });
}

function whatHappened({ call, errno }: CellWall): string {
  if (call === undefined) return 'is not there';
  if (!errno) return `does not hold: ${call} was not refused`;
  return `can't be had: ${call} answered ${nameOfError(errno)}`;
}

/** As the system calls it: `'ENOENT'`. */
export function nameOfError(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `error ${errno}`;
  }
}
