/** No two texts become the same, also where separators are put between them and where they are written as UTF-8. */
export const escapePart = (part: string): string =>
  part.replace(/[%:@]|\p{Surrogate}/gu, (c) => `%${c.charCodeAt(0).toString(16)}`);

/** `tenant:name`, or `tenant:name@version`; separators inside a part are escaped, so no two functions share a key. */
export function functionKey(tenantId: string, name: string, version?: string): string {
  const base = `${escapePart(tenantId)}:${escapePart(name)}`;
  return version === undefined ? base : versionKey(base, version);
}

/** The key of a version of the function with this key. */
export const versionKey = (key: string, version: string): string => `${key}@${escapePart(version)}`;

/** Whether the group `name` is of the function, or the version, `key`; of a version also its variants are. */
export function isOf(name: string, key: string): boolean {
  if (!name.startsWith(key)) return false;
  const rest = name.slice(key.length);
  return rest === '' || rest.startsWith(key.includes('@') ? ':' : '@');
}
