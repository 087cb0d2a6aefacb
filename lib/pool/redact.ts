import { dataProperty } from '../options/own.ts';

const mask = '[redacted]';

/** Replaces every occurrence of a secret's value. */
export function redactText(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) if (secret !== '') result = result.replaceAll(secret, mask);
  return result;
}

function redactValue(value: unknown, secrets: readonly string[], seen: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  if (value instanceof Error) redactError(value, secrets, seen);
  else if (value instanceof Map) {
    for (const [key, item] of [...value]) {
      value.delete(key);
      value.set(redactValue(key, secrets, seen), redactValue(item, secrets, seen));
    }
  } else if (value instanceof Set) {
    const items = [...value];
    value.clear();
    for (const item of items) value.add(redactValue(item, secrets, seen));
  } else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    redactProperties(value, Object.keys(value), secrets, seen);
  }
  return value;
}

function redactProperties(
  target: object,
  keys: readonly string[],
  secrets: readonly string[],
  seen: Set<object>,
): void {
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(target, key);
    if (!property || !('value' in property)) continue;
    const clean = redactValue(property.value, secrets, seen);
    if (clean !== property.value) Object.defineProperty(target, key, dataProperty(clean, property));
  }
}

function redactError(error: Error, secrets: readonly string[], seen: Set<object>): void {
  // A stack may be an accessor (newer V8): reading and writing it is the only way.
  for (const key of ['message', 'stack'] as const) {
    const text = error[key];
    if (typeof text !== 'string') continue;
    const clean = redactText(text, secrets);
    if (clean !== text) Object.defineProperty(error, key, dataProperty(clean, { writable: true, configurable: true }));
  }
  const own = Object.getOwnPropertyNames(error).filter((key) => key !== 'message' && key !== 'stack');
  redactProperties(error, own, secrets, seen);
}

/** Takes the values of secrets out of what an invocation failed with, in place: errors, their causes, plain data. */
export function redactFailure(failure: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return failure;
  try {
    return redactValue(failure, secrets, new Set());
  } catch {
    // A frozen error of the platform's own: it keeps its class name and nothing else.
    return new Error(`${failure instanceof Error ? failure.name : 'the invocation failed'} (${mask})`);
  }
}
