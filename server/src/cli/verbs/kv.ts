// A tenant's keys and values, looked at and changed from outside.
import { tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { jsonOrText, readInput } from '../read.ts';
import { targetOf } from '../target.ts';

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly kind: 'text' | 'json' | 'bytes';
  readonly version: number;
  readonly bytes: number;
  readonly expiresAt: string | null;
}

const pathOf = (tenant: string, ...rest: string[]) => tenantPath(tenant, 'kv', ...rest);

export async function getKey(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const entry = await client.json<Entry>(pathOf(tenant, invocation.args.key as string));
  invocation.out.answer(entry, () =>
    typeof entry.value === 'string' ? entry.value : JSON.stringify(entry.value, null, 2),
  );
  return exitCodes.done;
}

export async function putKey(invocation: Invocation): Promise<number> {
  const { args, options, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  const text =
    options.file === undefined ? (args.value as string | undefined) : await readInput(options.file as string);
  const value = options.text ? (text ?? '') : jsonOrText(text ?? '');
  const { ttl, ifVersion } = options as { ttl?: number; ifVersion?: number };
  const body = { value, ...(ttl !== undefined && { ttl }) };
  const headers = conditionOf(ifVersion);
  const written = await client.json<{ version: number }>(pathOf(tenant, args.key as string), {
    method: 'PUT',
    body,
    headers,
  });
  out.answer(written, () => `${args.key}  version ${written.version}`);
  return exitCodes.done;
}

export async function deleteKey(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  await client.json(pathOf(tenant, invocation.args.key as string), { method: 'DELETE' });
  invocation.out.answer({ deleted: invocation.args.key }, () => `${invocation.args.key} is gone`);
  return exitCodes.done;
}

export async function listKeys(invocation: Invocation): Promise<number> {
  const { options, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  const query = {
    prefix: options.prefix as string | undefined,
    cursor: options.cursor as string | undefined,
    limit: options.limit as number | undefined,
  };
  const answer = await client.json<{ keys: Entry[]; next: string | null }>(pathOf(tenant), { query });
  out.answer(answer, () => {
    const rows = answer.keys.map(({ key, version, bytes, expiresAt }) => [key, version, bytes, expiresAt]);
    const more = answer.next === null ? '' : `\nthere are more: --cursor ${answer.next}`;
    return `${table(['key', 'version', 'bytes', 'expires'], rows)}${more}`;
  });
  return exitCodes.done;
}

/** 0: there must be none. */
function conditionOf(version: number | undefined): Record<string, string> {
  if (version === undefined) return {};
  return version === 0 ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` };
}
