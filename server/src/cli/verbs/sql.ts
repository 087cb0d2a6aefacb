// A statement in a tenant's database, under the same rules as one of its functions'.
import { tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { jsonOrText, readInput } from '../read.ts';
import { targetOf } from '../target.ts';

interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly changes: number;
}

export async function sql(invocation: Invocation): Promise<number> {
  const { args, options, out, signal } = invocation;
  const { client, tenant } = targetOf(invocation);
  const text =
    options.file === undefined ? (args.statement as string | undefined) : await readInput(options.file as string);
  if (text === undefined) throw new CommandError(exitCodes.misuse, 'give a statement, or --file');
  const params = ((args.params as string[] | undefined) ?? []).map(jsonOrText);
  const result = await client.json<Result>(tenantPath(tenant, 'sql'), {
    method: 'POST',
    body: { sql: text, params },
    signal,
  });
  out.answer(result, () =>
    result.columns.length === 0
      ? `${result.changes} ${result.changes === 1 ? 'row' : 'rows'} changed`
      : table(result.columns, result.rows) || 'no rows',
  );
  return exitCodes.done;
}
