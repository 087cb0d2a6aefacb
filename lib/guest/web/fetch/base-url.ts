/** URLs of requests and responses: relative ones start from the guest's base, if it has one. */
import { ops } from '../base/ops.ts';
import { parseRecord, type UrlRecord } from '../url/record.ts';

export const baseUrl = (): string | undefined => ops.guest.settings().baseUrl ?? undefined;

/** Undefined: it is not valid. */
export function parseUrl(input: string): UrlRecord | undefined {
  // Most are absolute, and need no look at the settings.
  return parseRecord(input, undefined) ?? relative(input);
}

function relative(input: string): UrlRecord | undefined {
  const base = baseUrl();
  return (base !== undefined && parseRecord(input, base)) || undefined;
}
