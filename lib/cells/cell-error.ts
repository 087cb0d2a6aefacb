import { getSystemErrorName } from 'node:util';
import { nameError } from '../errors/brand.ts';
import { adviceFor } from './advice.ts';
import type { Wall } from './walls.ts';

export interface CellErrorInit extends ErrorOptions {
  /** Whether the same may succeed in another cell: true when one died, false when none can be built here. */
  retryable: boolean;
  /** The layer that could not be built. */
  wall?: Wall | undefined;
}

/** A cell could not be built, or is gone. It gets a code of the catalogue when a program can meet it. */
export class CellError extends Error {
  readonly retryable: boolean;
  readonly wall: Wall | undefined;

  constructor(message: string, init: CellErrorInit) {
    super(message, init);
    this.retryable = init.retryable;
    this.wall = init.wall;
  }
}
nameError(CellError, 'CellError');

/** A layer that is required can't be had: which, what the system said, and what its administrator can do. */
export function wallError(wall: Wall): CellError {
  const message = `The layer '${wall.layer}' of a cell ${whatHappened(wall)}. ${adviceFor(wall)}`;
  return new CellError(message, { retryable: false, wall });
}

function whatHappened({ call, errno }: Wall): string {
  if (call === undefined) return 'is not there';
  if (!errno) return `does not hold: ${call} was not refused`;
  return `can't be had: ${call} answered ${nameOf(errno)}`;
}

function nameOf(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `error ${errno}`;
  }
}
