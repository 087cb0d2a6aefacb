// Secrets: written and named, never read.
import { tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { readInput, readStdin } from '../read.ts';
import { targetOf } from '../target.ts';

interface Secret {
  readonly name: string;
  readonly updatedAt: string;
}

/** The value comes from stdin or a file: what stands on a command line is seen by others and kept in histories. */
export async function putSecret(invocation: Invocation): Promise<number> {
  const { args, options, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  const text = options.file === undefined ? await readStdin() : await readInput(options.file as string);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new CommandError(exitCodes.misuse, 'the value is empty: give it on stdin, or with --file');
  const secret = await client.json<Secret>(tenantPath(tenant, 'secrets', args.name as string), {
    method: 'PUT',
    body: { value },
  });
  out.answer(secret, () => `${secret.name} is kept: invocations that begin now have it`);
  return exitCodes.done;
}

export async function listSecrets(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const answer = await client.json<{ secrets: Secret[] }>(tenantPath(tenant, 'secrets'));
  invocation.out.answer(answer, () =>
    table(
      ['name', 'written'],
      answer.secrets.map(({ name, updatedAt }) => [name, updatedAt]),
    ),
  );
  return exitCodes.done;
}

export async function deleteSecret(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  await client.json(tenantPath(tenant, 'secrets', invocation.args.name as string), { method: 'DELETE' });
  invocation.out.answer({ deleted: invocation.args.name }, () => `${invocation.args.name} is gone`);
  return exitCodes.done;
}
