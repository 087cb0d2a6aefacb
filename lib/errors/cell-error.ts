import { nameError } from './brand.ts';
import { IsoletError, type IsoletErrorOptions } from './isolet-error.ts';
import { megabytes } from './limit-errors.ts';

/**
 * Whether a layer stands: `held`, as it was built and, where that can be tried, tried; `missing`, the system refused it
 * and it may be missing; `failed`, it was asked for and does not hold.
 */
export type CellWallState = 'held' | 'missing' | 'failed';

/** One layer between what runs in a cell and the rest of the machine. docs/isolation.md says what each does. */
export interface CellWall {
  layer: string;
  state: CellWallState;
  /** The system call that was refused, or that should have been. */
  call?: string;
  /** What the system answered it, as `errno`. */
  errno?: number;
  /** For `landlock` the version that the kernel has. */
  detail?: number;
}

/** See {@link CellError}. */
export type CellErrorReason = 'wall' | 'start' | 'ended' | 'memory';

/** What a {@link CellError} is made from. */
export interface CellErrorInit extends IsoletErrorOptions {
  /** Default: `'wall'` with one, otherwise `'start'`. */
  reason?: CellErrorReason | undefined;
  wall?: CellWall | undefined;
  pid?: number | undefined;
  signal?: NodeJS.Signals | undefined;
  tenantId?: string | undefined;
  limit?: number | undefined;
  used?: number | undefined;
}

/** A process of its own for guests could not be built, or is gone with all that ran in it. */
export class CellError extends IsoletError {
  /**
   * `'wall'`: a layer that is required can't be had. `'start'`: the process could not be started. `'ended'`: it is gone.
   * `'memory'`: it was ended because it had more memory than it may.
   */
  readonly reason: CellErrorReason;
  /** The layer that can't be had. */
  readonly wall: CellWall | undefined;
  /** The process that has ended, if that is known; it may be another's by now. */
  readonly pid: number | undefined;
  /** What ended it, if it was a signal and the system has said so. */
  readonly signal: NodeJS.Signals | undefined;
  /** Whose it was, if a pool gave it to a tenant. */
  readonly tenantId: string | undefined;
  /** With the reason `'memory'`: bytes that the process might have, all in all. */
  readonly limit: number | undefined;
  /** With the reason `'memory'`: bytes that it had. */
  readonly used: number | undefined;

  constructor(message: string, init: CellErrorInit = {}) {
    const reason = init.reason ?? (init.wall ? 'wall' : 'start');
    super('ERR_ISOLET_CELL', message, {
      ...init,
      retryable: init.retryable ?? (reason === 'ended' || reason === 'memory'),
    });
    this.reason = reason;
    this.wall = init.wall;
    this.pid = init.pid;
    this.signal = init.signal;
    this.tenantId = init.tenantId;
    this.limit = init.limit;
    this.used = init.used;
  }
}
nameError(CellError, 'CellError');

/** What the engine says of a process that is gone. */
export interface CellGone {
  /** Completes a sentence: 'the cell …' */
  reason: string;
  limit?: number | undefined;
  used?: number | undefined;
}

/** The process that it was, and whose, as far as that is known. */
export type GoneProcess = Pick<CellErrorInit, 'pid' | 'signal' | 'tenantId'>;

export function cellGoneError({ reason: why, limit, used }: CellGone, process?: GoneProcess): CellError {
  const numbers = limit === undefined || used === undefined ? '' : ` (${megabytes(used)} of ${megabytes(limit)})`;
  return new CellError(`The process that the runtime was in is gone: ${why}${numbers}. Create a new runtime.`, {
    ...process,
    reason: numbers === '' ? 'ended' : 'memory',
    limit,
    used,
  });
}
