import { maxMilliseconds } from '../../options/check.ts';
import { invalidNumber } from '../../options/invalid.ts';
import type { PoolFunction } from './pool-function.ts';

/** Smallest and largest value of every number in a specification. */
export const numberRanges = {
  memoryMb: [4, 1024 * 1024],
  timeout: [1, maxMilliseconds],
  cpuTimeout: [0, maxMilliseconds],
  loadTimeout: [1, maxMilliseconds],
  loadCpuTimeout: [0, maxMilliseconds],
  streamTimeout: [1, maxMilliseconds],
  streamCpuTimeout: [0, maxMilliseconds],
  lateTimeout: [1, maxMilliseconds],
  lateCpuTimeout: [0, maxMilliseconds],
  concurrency: [1, Number.POSITIVE_INFINITY],
  concurrencyPerRuntime: [1, Number.POSITIVE_INFINITY],
  maxRuntimes: [1, Number.POSITIVE_INFINITY],
  maxHostCalls: [0, Number.POSITIVE_INFINITY],
  maxLogBytes: [0, 1024 * 1024 * 1024],
} as const satisfies Partial<Record<keyof PoolFunction, readonly [number, number]>>;

export type NumberField = keyof typeof numberRanges;

/** Those that count something. */
const counts: ReadonlySet<NumberField> = new Set([
  'concurrency',
  'concurrencyPerRuntime',
  'maxRuntimes',
  'maxHostCalls',
  'maxLogBytes',
] as const);

/** What a number of a specification must be, if it is not: completes the sentence "`field` must be …". */
export function expectedNumber(field: NumberField, value: unknown): string | undefined {
  const [min, max] = numberRanges[field];
  const counted = counts.has(field);
  if (isWithin(value, min, max, counted)) return undefined;
  const range = Number.isFinite(max) ? `from ${min} to ${max}` : `of at least ${min}`;
  return `a ${counted ? 'whole number' : 'number'} ${range}`;
}

function isWithin(value: unknown, min: number, max: number, whole: boolean): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return !whole || Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
}

/** The number, or what stands for it where it is left out. @throws {TypeError} or {RangeError} that names the field. */
export function numberOf(spec: PoolFunction, field: NumberField, fallback: number): number {
  const value = spec[field] ?? fallback;
  const expected = value === fallback ? undefined : expectedNumber(field, value);
  if (expected !== undefined) throw invalidNumber(field, value, expected);
  return value;
}
