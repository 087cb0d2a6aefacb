import { ReadableStream } from 'node:stream/web';
import { types } from 'node:util';
import { handleId } from './engine.ts';

/** What of a guest is in a value that crossed: it is plain data otherwise. */
export interface Found {
  readonly functions: readonly object[];
  readonly streams: readonly ReadableStream[];
  readonly promises: readonly Promise<unknown>[];
}

export function findHandles(value: unknown): Found {
  const functions: object[] = [];
  const streams: ReadableStream[] = [];
  const promises: Promise<unknown>[] = [];
  const seen = new Set<object>();
  const left: unknown[] = [value];
  while (left.length > 0) {
    const item = left.pop();
    if (typeof item === 'function') {
      if (handleId(item) !== undefined) functions.push(item);
      continue;
    }
    if (typeof item !== 'object' || item === null || seen.has(item)) continue;
    seen.add(item);
    if (item instanceof ReadableStream) streams.push(item);
    else if (types.isPromise(item)) promises.push(item);
    else left.push(...partsOf(item));
  }
  return { functions, streams, promises };
}

function partsOf(item: object): unknown[] {
  if (Array.isArray(item)) return Object.values(item);
  if (types.isMap(item)) return [...item.keys(), ...item.values()];
  if (types.isSet(item)) return [...item];
  if (ArrayBuffer.isView(item)) return [];
  return types.isNativeError(item)
    ? Object.getOwnPropertyNames(item).map((key) => item[key as keyof Error])
    : Object.values(item);
}
