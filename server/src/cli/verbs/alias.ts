// Names that lead to versions, by weight.
import { functionPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { targetOf } from '../target.ts';

interface View {
  readonly name: string;
  readonly version: string;
}

export async function setAlias(invocation: Invocation): Promise<number> {
  const { args, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  const weights = readWeights(args.weights as string[]);
  const view = await client.json<View>(pathOf(tenant, invocation), { method: 'PUT', body: { weights } });
  out.answer(
    view,
    () =>
      `${args.name}  ${args.alias} leads to ${Object.entries(weights)
        .map(([version, weight]) => `${version} (${weight})`)
        .join(', ')}`,
  );
  return exitCodes.done;
}

export async function deleteAlias(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  await client.json(pathOf(tenant, invocation), { method: 'DELETE' });
  invocation.out.answer(
    { deleted: invocation.args.alias },
    () => `${invocation.args.name}  ${invocation.args.alias} is gone`,
  );
  return exitCodes.done;
}

const pathOf = (tenant: string, { args }: Invocation) =>
  functionPath(tenant, args.name as string, 'aliases', args.alias as string);

/** `v1=90 v2=10`, or one version alone. */
function readWeights(texts: readonly string[]): Record<string, number> {
  const entries = texts.map((text) => {
    const [version = '', weight = '1', ...rest] = text.split('=');
    if (version !== '' && rest.length === 0 && /^\d+(\.\d+)?$/.test(weight)) return [version, Number(weight)] as const;
    throw new CommandError(exitCodes.misuse, `'${text}' is not <version> or <version>=<weight>`);
  });
  return Object.fromEntries(entries);
}
