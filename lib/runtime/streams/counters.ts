/** What went through the streams of one runtime. */
export class StreamCounters {
  totalGuestStreams = 0;
  totalHostStreams = 0;
  bytesStreamedToHost = 0;
  bytesStreamedToGuest = 0;
}

/** Objects deeper or wider than this are counted by what was seen until then: the count must stay cheap. */
const maxParts = 10_000;

/**
 * About how many bytes a chunk holds: those of binary data exactly, those of text as UTF-8, 8 for every other primitive,
 * and the parts of arrays, Maps, Sets and objects.
 */
export function chunkBytes(chunk: unknown): number {
  let bytes = 0;
  const seen = new Set<object>();
  const waiting: unknown[] = [chunk];
  for (let parts = 0; waiting.length > 0 && parts < maxParts; parts++) {
    const value = waiting.pop();
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (typeof value !== 'object' || value === null) bytes += value === undefined ? 0 : 8;
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) bytes += value.byteLength;
    else if (!seen.has(value)) {
      seen.add(value);
      for (const part of partsOf(value)) waiting.push(part);
    }
  }
  return bytes;
}

/** Never runs a getter: what arrived from a guest has none, what goes to it was read already. */
function* partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) {
    for (const [key, part] of value) yield* [key, part];
  } else if (value instanceof Set) {
    yield* value;
  } else if (value instanceof Date) {
    yield 0;
  } else {
    const isArray = Array.isArray(value);
    for (const [key, { value: part, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (!enumerable) continue;
      if (!isArray) yield key;
      yield part;
    }
  }
}
