import { types } from 'node:util';

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

export type Kind = 'error' | 'map' | 'set' | 'array' | 'object' | 'leaf';

/** What has parts that are looked at. No code of the value runs: it may be the platform's, and live. */
export function kindOf(value: object): Kind {
  if (types.isProxy(value) || typeof value === 'function') return 'leaf';
  if (types.isNativeError(value) || value instanceof Error) return 'error';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (Array.isArray(value)) return 'array';
  return isPlain(value) ? 'object' : 'leaf';
}

/** Of whatever realm. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'));
}

/** How many parts there are to look at, as far as that can be told at once. */
export function sizeOf(value: object, kind: Kind): number {
  if (kind === 'map' || kind === 'set') return (value as Map<unknown, unknown>).size;
  return kind === 'array' ? Object.keys(value).length : 0;
}

/** Keys and values. */
export function* partsOf(value: object, kind: Kind): Iterable<unknown> {
  if (kind === 'map') {
    for (const [key, item] of Map.prototype.entries.call(value)) {
      yield key;
      yield item;
    }
  }
  if (kind === 'set') yield* Set.prototype.values.call(value);
  if (kind === 'error') for (const [, text] of errorTexts(value as Error)) yield text;
  for (const [key, property] of propertiesOf(value, kind)) {
    yield key;
    yield property.value;
  }
}

const textKeys = ['message', 'stack', 'name', 'code'] as const;

/** The texts of an error that may be behind an accessor of the engine's or of Node's. */
export function errorTexts(error: Error): [string, unknown][] {
  const isNodes = error instanceof DOMException;
  return textKeys.flatMap((key): [string, unknown][] => {
    const own = Object.getOwnPropertyDescriptor(error, key);
    if (own && 'value' in own) return [[key, own.value]];
    if (key !== 'stack' && !isNodes) return [];
    const text: unknown = (error as Error & { code?: unknown })[key];
    return text === undefined ? [] : [[key, text]];
  });
}

/** Its own data properties; of an array's length the copy knows. */
export function propertiesOf(value: object, kind: Kind): [string | symbol, PropertyDescriptor][] {
  const known: readonly (string | symbol)[] = kind === 'error' ? textKeys : kind === 'array' ? ['length'] : [];
  return Reflect.ownKeys(value).flatMap((key): [string | symbol, PropertyDescriptor][] => {
    const property = known.includes(key) ? undefined : Object.getOwnPropertyDescriptor(value, key);
    return property && 'value' in property ? [[key, property]] : [];
  });
}

/** For what is more than data. */
export function shownAs(value: object): string {
  if (types.isProxy(value)) return '[Proxy]';
  const prototype: object | null = Object.getPrototypeOf(value);
  const type: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const name: unknown = typeof type === 'function' ? Object.getOwnPropertyDescriptor(type, 'name')?.value : undefined;
  return `[${typeof name === 'string' && name !== '' ? name : typeof value}]`;
}
