/** What a guest sends as parts is looked at before anything is made of it: guest code may have had its hands in it. */

export function odd(what: string): TypeError {
  return new TypeError(`An object of the guest arrived with a part that is no ${what}`);
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw odd('string');
  return value;
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw odd('list');
  return value;
}

export function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw odd('whole number');
  return value;
}

/** Names and values in turn, as pairs. */
export function pairs(value: unknown): [string, string][] {
  const flat = list(value);
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) found.push([text(flat[i]), text(flat[i + 1])]);
  return found;
}

/** A record of the guest's, whose members are read one by one. */
export function record<T extends object>(value: unknown): { readonly [Name in keyof T]: unknown } {
  if (typeof value !== 'object' || value === null) throw odd('record');
  return value as { readonly [Name in keyof T]: unknown };
}
