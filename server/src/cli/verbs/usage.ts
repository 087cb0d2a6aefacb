// What a tenant has used.
import { tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { targetOf } from '../target.ts';

export async function usage(invocation: Invocation): Promise<number> {
  const { options, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  const query = { from: options.from as string | undefined, to: options.to as string | undefined, limit: 1 };
  const answer = await client.json<{
    total: Record<string, unknown>;
    functions: Record<string, Record<string, unknown>>;
  }>(tenantPath(tenant, 'usage'), { query });
  const columns = [
    ...['invocations', 'errors', 'coldStarts', 'cpuMs', 'durationMs', 'gbMs', 'hostCalls', 'fetches'],
    ...['kvReads', 'kvWrites', 'sqlStatements'],
  ];
  const row = (name: string, sums: Record<string, unknown>) => [name, ...columns.map((column) => sums[column])];
  const rows = Object.entries(answer.functions).map(([name, sums]) => row(name, sums));
  out.answer(answer, () => table(['function', ...columns], [...rows, row('all', answer.total)]));
  return exitCodes.done;
}
