// Versions of a function: what there is, how two differ, and which is in force.
import { functionPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { targetOf } from '../target.ts';

interface Version {
  readonly version: string;
  readonly number: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly codeSize: number;
  readonly active: boolean;
  readonly aliases: readonly string[];
}

export async function versions(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const answer = await client.json<{ versions: Version[] }>(pathOf(tenant, invocation, 'versions'));
  invocation.out.answer(answer, () =>
    table(
      ['', 'number', 'version', 'deployed', 'by', 'bytes', 'aliases'],
      answer.versions.map((one) => [
        one.active ? '*' : '',
        one.number,
        one.version,
        one.createdAt,
        one.createdBy,
        one.codeSize,
        one.aliases.join(' ') || '-',
      ]),
    ),
  );
  return exitCodes.done;
}

interface Diff {
  readonly from: string;
  readonly to: string;
  readonly patch: string;
  readonly env: Readonly<Record<'added' | 'removed' | 'changed', readonly string[]>>;
  readonly settings: readonly { readonly name: string; readonly from: unknown; readonly to: unknown }[];
}

export async function diff(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const { from, to } = invocation.args as { from?: string; to?: string };
  const answer = await client.json<Diff>(pathOf(tenant, invocation, 'diff'), { query: { from, to } });
  invocation.out.answer(answer, () => textOf(answer));
  return exitCodes.done;
}

function textOf({ from, to, patch, env, settings }: Diff): string {
  const variables = Object.entries(env).flatMap(([what, names]) => names.map((name) => `env.${name}: ${what}`));
  const changes = settings.map((one) => `${one.name}: ${JSON.stringify(one.from)} → ${JSON.stringify(one.to)}`);
  const lines = [...variables, ...changes, ...(patch === '' ? [] : [patch.trimEnd()])];
  return [`${from} → ${to}`, ...(lines.length === 0 ? ['they are the same'] : lines)].join('\n');
}

export async function rollback(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const version = invocation.args.version as string | undefined;
  const body = version === undefined ? {} : { version };
  const now = await client.json<Version & { name: string }>(pathOf(tenant, invocation, 'rollback'), {
    method: 'POST',
    body,
  });
  invocation.out.answer(now, () => `${now.name}  version ${now.number} (${now.version}) is in force`);
  return exitCodes.done;
}

const pathOf = (tenant: string, { args }: Invocation, what: string) => functionPath(tenant, args.name as string, what);
