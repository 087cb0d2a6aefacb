/** An object with these entries and nothing that all objects inherit: its keys are ids, and those may be any text. */
export function byId<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const object: Record<string, T> = Object.create(null);
  for (const [id, value] of entries) object[id] = value;
  return object;
}
