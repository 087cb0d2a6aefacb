// Hosts that lead to functions of a tenant.
import { tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import { targetOf } from '../target.ts';

interface Domain {
  readonly host: string;
  readonly tenant: string;
  readonly function: string | null;
  readonly alias: string | null;
  readonly configured: boolean;
  readonly inForce: boolean;
}

export async function setDomain(invocation: Invocation): Promise<number> {
  const { args, options, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  const { function: name, alias } = options as { function?: string; alias?: string };
  const body = { ...(name !== undefined && { function: name }), ...(alias !== undefined && { alias }) };
  const domain = await client.json<Domain>(pathOf(tenant, args.host as string), { method: 'PUT', body });
  out.answer(domain, () => `${domain.host} leads to ${whereOf(domain)} of ${domain.tenant}`);
  return exitCodes.done;
}

export async function listDomains(invocation: Invocation): Promise<number> {
  const { client, tenant } = targetOf(invocation);
  const answer = await client.json<{ domains: Domain[] }>(pathOf(tenant));
  invocation.out.answer(answer, () =>
    table(
      ['host', 'leads to', 'of the configuration', 'in force'],
      answer.domains.map((domain) => [
        domain.host,
        whereOf(domain),
        domain.configured ? 'yes' : 'no',
        domain.inForce ? 'yes' : 'no',
      ]),
    ),
  );
  return exitCodes.done;
}

export async function deleteDomain(invocation: Invocation): Promise<number> {
  const { args, out } = invocation;
  const { client, tenant } = targetOf(invocation);
  await client.json(pathOf(tenant, args.host as string), { method: 'DELETE' });
  out.answer({ deleted: args.host }, () => `${args.host} leads nowhere now`);
  return exitCodes.done;
}

const pathOf = (tenant: string, ...host: string[]) => tenantPath(tenant, 'domains', ...host);

const whereOf = ({ function: name, alias }: Domain) =>
  `${name ?? 'all functions'}${alias === null ? '' : ` (alias ${alias})`}`;
