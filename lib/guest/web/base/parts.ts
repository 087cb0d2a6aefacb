/** Parts of this program by their names, each loaded when it is asked for. */
export type Parts = Readonly<Record<string, () => object>>;

let parts: Parts;

export function setParts(given: Parts): void {
  parts = given;
}

/** What the host has asked for: see lib/runtime/web/part.ts. */
export function partOf(name: string): object {
  const load = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (!load) throw new TypeError('There is no such part');
  return load();
}
