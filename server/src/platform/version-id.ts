import { createHash } from 'node:crypto';
import type { StoredSpec } from '../storage/records.ts';

/** The same code with the same settings is the same version, whoever deploys it and in which order. */
export function versionId(spec: StoredSpec): string {
  return `v${createHash('sha256').update(canonical(spec)).digest('hex').slice(0, 15)}`;
}

/** JSON with the keys of objects in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
