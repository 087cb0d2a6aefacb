/** The entries that are kept: those of each type, as many as a guest that never clears any may have. */
import type { PerformanceEntry } from './entries.ts';

export const entryTypes = ['mark', 'measure'] as const;
export type EntryType = (typeof entryTypes)[number];

/** Of each type; the oldest go first. */
const most = 10_000;
const slack = 1_000;

const kept: Record<EntryType, PerformanceEntry[]> = { mark: [], measure: [] };
const dropped: Record<EntryType, number> = { mark: 0, measure: 0 };

type Listener = (entry: PerformanceEntry) => void;
let listener: Listener | undefined;

/** Told of each new entry. */
export function onEntry(told: Listener): void {
  listener = told;
}

export function keep(entry: PerformanceEntry): void {
  const type = entry.entryType as EntryType;
  const list = kept[type];
  list.push(entry);
  // Some at once: taking the first of a long list moves all others.
  if (list.length >= most + slack) dropped[type] += list.splice(0, list.length - most).length;
  listener?.(entry);
}

export const droppedOf = (type: EntryType): number => dropped[type];

/** Without those of that name, or without any. */
export function clear(type: EntryType, name: string | undefined): void {
  kept[type] = name === undefined ? [] : kept[type].filter((entry) => entry.name !== name);
}

/** The latest with that name. */
export function latest(type: EntryType, name: string): PerformanceEntry | undefined {
  const list = kept[type];
  for (let i = list.length - 1; i >= 0; i--) {
    const entry = list[i] as PerformanceEntry;
    if (entry.name === name) return entry;
  }
  return undefined;
}

export function find(name: string | undefined, type: string | undefined): PerformanceEntry[] {
  return select([...kept.mark, ...kept.measure], name, type);
}

/** Those that fit, in the order of their times. */
export function select(from: PerformanceEntry[], name: string | undefined, type: string | undefined) {
  return from
    .filter((entry) => (name === undefined || entry.name === name) && (type === undefined || entry.entryType === type))
    .sort((a, b) => a.startTime - b.startTime);
}
