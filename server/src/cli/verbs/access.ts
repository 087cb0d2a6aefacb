// Who may call functions through the gateway.
import { functionPath, tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { readInput, readStdin } from '../read.ts';
import { targetOf } from '../target.ts';

type Auth =
  | { readonly type: 'none' }
  | { readonly type: 'token'; readonly tokens: number }
  | { readonly type: 'jwt'; readonly issuer: string; readonly audience: string; readonly jwks: string };

interface Rule {
  readonly function: string | null;
  readonly auth: Auth;
  readonly configured: boolean;
  readonly inForce: boolean;
}

export async function setAccess(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const body = await authOf(invocation);
  const rule = await client.json<Rule>(pathOf(tenant, invocation), { method: 'PUT', body });
  invocation.out.answer(rule, () => `${whomOf(rule)}: ${whoOf(rule.auth)}`);
  return exitCodes.done;
}

export async function listAccess(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const answer = await client.json<{ rules: Rule[] }>(tenantPath(tenant, 'access'));
  invocation.out.answer(answer, () =>
    table(
      ['function', 'who may call', 'of the configuration', 'in force'],
      answer.rules.map((rule) => [
        whomOf(rule),
        whoOf(rule.auth),
        rule.configured ? 'yes' : 'no',
        rule.inForce ? 'yes' : 'no',
      ]),
    ),
  );
  return exitCodes.done;
}

export async function deleteAccess(invocation: Invocation): Promise<number> {
  const { options, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  await client.json(pathOf(tenant, invocation), { method: 'DELETE' });
  const name = (options.function as string | undefined) ?? null;
  out.answer({ deleted: name }, () => `${whomOf({ function: name })}: no rule any more`);
  return exitCodes.done;
}

/** Tokens come from stdin or a file: what stands on a command line is seen by others and kept in histories. */
async function authOf({ args, options }: Invocation): Promise<Record<string, unknown>> {
  const { type } = args;
  if (type === 'none') return { type };
  if (type === 'token') {
    const text = options.file === undefined ? await readStdin() : await readInput(options.file as string);
    const tokens = text.split(/\r?\n/).filter((line) => line !== '');
    if (tokens.length > 0) return { type, tokens };
    throw new CommandError(
      exitCodes.misuse,
      'there are no tokens: give them on stdin or with --file, one on each line',
    );
  }
  if (type !== 'jwt') throw new CommandError(exitCodes.misuse, `'${type}' is none of none, token, jwt`);
  const { issuer, audience, jwks, algorithms } = options as Readonly<Record<string, string | undefined>>;
  for (const [name, value] of Object.entries({ issuer, audience, jwks })) {
    if (value === undefined) throw new CommandError(exitCodes.misuse, `jwt takes --${name}`);
  }
  return { type, issuer, audience, jwks, ...(algorithms !== undefined && { algorithms: algorithms.split(',') }) };
}

function pathOf(tenant: string, { options }: Invocation): string[] {
  const name = options.function as string | undefined;
  return name === undefined ? tenantPath(tenant, 'access') : functionPath(tenant, name, 'access');
}

const whomOf = ({ function: name }: Pick<Rule, 'function'>) => name ?? 'all others';

function whoOf(auth: Auth): string {
  if (auth.type === 'none') return 'anybody';
  if (auth.type === 'token') return `who has ${auth.tokens === 1 ? 'the token' : `one of ${auth.tokens} tokens`}`;
  return `who has a token of ${auth.issuer} for ${auth.audience}`;
}
