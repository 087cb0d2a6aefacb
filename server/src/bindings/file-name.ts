import { createHash } from 'node:crypto';

/** A file of a tenant's own: its id where that is a plain word, which no other id's name can be. */
export function fileNameOf(tenant: string, end: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(tenant)) return `${tenant}${end}`;
  return `_${createHash('sha256').update(tenant).digest('hex')}${end}`;
}
