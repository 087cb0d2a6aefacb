// Tokens of the administration. A token is shown once, when it is made.
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { targetOf } from '../target.ts';

interface Token {
  readonly id: string;
  readonly tenant: string | null;
  readonly scope: string;
  readonly label: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly token?: string;
}

export async function createToken(invocation: Invocation): Promise<number> {
  const { options, out } = invocation;
  const { client } = targetOf(invocation);
  const { scope = 'tenant', label = '', ttl } = options as { scope?: string; label?: string; ttl?: number };
  const tenant = options.tenant as string | undefined;
  const body = { scope, label, ...(tenant !== undefined && { tenant }), ...(ttl !== undefined && { expiresIn: ttl }) };
  const token = await client.json<Token>(['v1', 'tokens'], { method: 'POST', body });
  out.note('Keep it: it is not shown again.');
  out.answer(token, () => token.token ?? token.id);
  return exitCodes.done;
}

export async function listTokens(invocation: Invocation): Promise<number> {
  const { client } = targetOf(invocation);
  const answer = await client.json<{ tokens: Token[] }>(['v1', 'tokens'], {
    query: { tenant: invocation.options.tenant as string | undefined },
  });
  const rows = answer.tokens.map(({ id, scope, tenant, label, createdAt, expiresAt }) => [
    id,
    scope,
    tenant,
    label,
    createdAt,
    expiresAt,
  ]);
  invocation.out.answer(answer, () => table(['id', 'scope', 'tenant', 'label', 'made', 'expires'], rows));
  return exitCodes.done;
}

export async function deleteToken(invocation: Invocation): Promise<number> {
  const { client } = targetOf(invocation);
  await client.json(['v1', 'tokens', invocation.args.id as string], { method: 'DELETE' });
  invocation.out.answer({ deleted: invocation.args.id }, () => `${invocation.args.id} is no token any more`);
  return exitCodes.done;
}
