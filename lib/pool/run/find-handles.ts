import { ReadableStream } from 'node:stream/web';
import { types } from 'node:util';
import { dataProperty } from '../../shared/own.ts';
import { handleId } from '../engine.ts';

/** Puts something else where a promise was. */
type Put = (instead: unknown) => void;

/** What of a guest is in a value that crossed: it is plain data otherwise, and nobody else has it yet. */
export interface Found {
  readonly functions: readonly object[];
  readonly streams: readonly ReadableStream[];
  /** Each with all its places. */
  readonly promises: ReadonlyMap<Promise<unknown>, readonly Put[]>;
}

export function findHandles(value: unknown): Found {
  const functions: object[] = [];
  const streams: ReadableStream[] = [];
  const promises = new Map<Promise<unknown>, Put[]>();
  const seen = new Set<object>();
  const left: [unknown, Put][] = [[value, () => undefined]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [item, put] = next;
    if (typeof item === 'function') {
      if (handleId(item) !== undefined) functions.push(item);
      continue;
    }
    if (typeof item !== 'object' || item === null) continue;
    if (types.isPromise(item)) {
      const places = promises.get(item);
      if (places) places.push(put);
      else promises.set(item, [put]);
      continue;
    }
    if (seen.has(item)) continue;
    seen.add(item);
    if (item instanceof ReadableStream) streams.push(item);
    else for (const part of partsOf(item)) left.push(part);
  }
  return { functions, streams, promises };
}

function partsOf(item: object): [unknown, Put][] {
  if (types.isMap(item)) {
    const values = [...item].map(([key, value]): [unknown, Put] => [value, (instead) => item.set(key, instead)]);
    return values.concat([...item.keys()].map((key) => [key, (instead) => rekey(item, key, instead)]));
  }
  if (types.isSet(item)) return [...item].map((member) => [member, (instead) => exchange(item, member, instead)]);
  if (ArrayBuffer.isView(item)) return [];
  const keys = types.isNativeError(item) ? Object.getOwnPropertyNames(item) : Object.keys(item);
  return keys.map((key) => [
    item[key as keyof object],
    (instead) => {
      const property = Object.getOwnPropertyDescriptor(item, key) as PropertyDescriptor;
      Object.defineProperty(item, key, dataProperty(instead, property));
    },
  ]);
}

// In the same order as before.
function rekey(map: Map<unknown, unknown>, key: unknown, instead: unknown): void {
  const entries = [...map];
  map.clear();
  for (const [known, value] of entries) map.set(known === key ? instead : known, value);
}

function exchange(set: Set<unknown>, member: unknown, instead: unknown): void {
  const members = [...set];
  set.clear();
  for (const known of members) set.add(known === member ? instead : known);
}
