import { type CellOptions, type CheckedCellOptions, checkCellOptions } from '../../options/cell-options.ts';
import { checkInteger, checkOneOf, checkOptions } from '../../options/check.ts';
import { invalidNumber, invalidType } from '../../options/invalid.ts';
import { onlyGiven } from '../../shared/own.ts';
import type { FunctionRef, Isolation } from '../function/resolved-function.ts';

/** How a pool separates tenants. All have defaults; times in ms. */
export interface PoolIsolation extends Omit<CellOptions, 'maxMemory'> {
  /**
   * Default `'process'`. With `'isolate'` the rest says how cells are for those whose tier names `isolation: 'process'`.
   */
  mode?: Isolation | undefined;
  /**
   * Which functions of one tenant share a cell: all of them, none, or those for which your function answers the same
   * string. No two tenants share one, whatever it answers. Default `'tenant'`.
   */
  group?: 'tenant' | 'function' | ((fn: FunctionRef) => string) | undefined;
  /** Cells that may serve at once, over all tenants, those that are ending included. Default 64. */
  maxCells?: number | undefined;
  /** Cells kept ready that have run nobody's code, beside `maxCells`; each is used once. Default 1. */
  spareCells?: number | undefined;
  /**
   * MiB that the kernel lets a cell take after its start, at least 192. Runtimes are put into it as long as their
   * `memoryMb`, and 4 more for each, leave 128 of these, which V8 may need to end a guest at its limit. Default 512.
   */
  maxCellMemoryMb?: number | undefined;
  /** A cell older than this gets no new runtimes and ends when its invocations have. Default: no limit. */
  maxCellAge?: number | undefined;
}

export interface ResolvedIsolation {
  readonly mode: Isolation;
  readonly group: NonNullable<PoolIsolation['group']>;
  readonly maxCells: number;
  readonly spareCells: number;
  readonly maxCellMemoryMb: number;
  readonly maxCellAge: number;
  /** For each cell. */
  readonly cell: CheckedCellOptions;
}

export const isolations: readonly Isolation[] = ['isolate', 'process'];

const ofCell = ['namespaces', 'landlock', 'startTimeout', 'user'] as const;
const names: ReadonlySet<string> = new Set<keyof PoolIsolation>([
  'mode',
  'group',
  'maxCells',
  'spareCells',
  'maxCellMemoryMb',
  'maxCellAge',
  ...ofCell,
]);
const most = Number.MAX_SAFE_INTEGER;

/** Names are those within `isolation`. */
export function resolveIsolation(given: unknown): ResolvedIsolation {
  if (given === undefined || typeof given === 'string') {
    return resolveIsolation({ mode: given === undefined ? 'isolate' : checkOneOf(given, 'options', isolations) });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidType('options', given, "'isolate', 'process' or an object");
  }
  const options = checkOptions(given, names) as PoolIsolation;
  const { mode = 'process', maxCells = 64, spareCells = 1, maxCellMemoryMb = 512 } = options;
  return {
    mode: checkOneOf(mode, 'mode', isolations),
    group: checkGroup(options.group),
    maxCells: maxCells === Number.POSITIVE_INFINITY ? maxCells : checkInteger(maxCells, 'maxCells', 1, most),
    spareCells: checkInteger(spareCells, 'spareCells', 0, 1000),
    maxCellMemoryMb: checkInteger(maxCellMemoryMb, 'maxCellMemoryMb', 192, 2 ** 30, 'MiB'),
    maxCellAge: checkAge(options.maxCellAge),
    cell: checkCellOptions(onlyGiven(options, ofCell)),
  };
}

function checkGroup(value: unknown): ResolvedIsolation['group'] {
  if (value === undefined) return 'tenant';
  if (typeof value === 'function') return value as ResolvedIsolation['group'];
  if (value === 'tenant' || value === 'function') return value;
  throw invalidType('group', value, "'tenant', 'function' or a function that answers a string");
}

function checkAge(value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value === 'number' && value >= 1) return value;
  throw invalidNumber('maxCellAge', value, 'a number of milliseconds of at least 1');
}
