/** Whether an allow-list covers an API: `kv` covers `kv.get`, no list covers everything. */
export function isAllowed(name: string, allowed: readonly string[] | undefined): boolean {
  return allowed === undefined || allowed.some((item) => item === name || name.startsWith(`${item}.`));
}
