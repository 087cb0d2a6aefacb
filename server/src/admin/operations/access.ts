import { z } from 'zod';
import { type AccessRule, type AccessView, placeOfRule, shown } from '../../platform/access-rules.ts';
import type { Platform } from '../../platform/platform.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Answer, type Call, type Operation, operation } from '../operation.ts';
import { ofFunction, ofTenant, paging, toTime } from '../schemas/common.ts';
import { accessRule, accessRules, accessSpec } from '../schemas/routes.ts';

const tag = 'Access';
const ofAll = '/v1/tenants/{tenant}/access';
const ofOne = '/v1/tenants/{tenant}/functions/{name}/access';
const noTenant = { 404: 'There is no such tenant.' };
const noRule = { 404: 'There is no such tenant, or no such rule.' };
const configured = { 409: 'The configuration says it, or the tenant has rules for as many functions as it may have.' };
/** A hundred tokens of 4 KiB in which everything is escaped. */
const maxBody = 1024 * 1024;

type Asked = Pick<
  Call<z.output<typeof ofTenant>, unknown, z.output<typeof accessSpec>>,
  'params' | 'body' | 'by' | 'request'
>;

/** Who may call the functions of a tenant through the gateway. */
export function accessOperations({ accessRules: rules }: Platform): Operation[] {
  /** @param name - of a function; `undefined`: those of the tenant that have no rule of their own */
  const put = async (name: string | undefined, { params: { tenant }, body, by, request }: Asked): Promise<Answer> => {
    const expected = expectationOf(request);
    const view = await rules.put(tenant, name, body, by, (found) => expected(found && stateOf(found)));
    return { status: 200, headers: { etag: etagOf(stateOf(view)) }, json: show(view) };
  };
  const take = async (
    name: string | undefined,
    { params: { tenant }, by, request }: Omit<Asked, 'body'>,
  ): Promise<Answer> => {
    const expected = expectationOf(request);
    await rules.delete(tenant, name, by, (found) => expected(found && stateOf(found)));
    return { status: 204 };
  };

  return [
    operation({
      id: 'listAccess',
      method: 'GET',
      path: ofAll,
      tag,
      summary: 'Lists the rules about who may call functions of a tenant, those of the configuration among them.',
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: accessRules } },
      problems: noTenant,
      async handle({ params, query }) {
        const { items, next } = pageOfAll(await rules.list(params.tenant), placeOfRule, query);
        return { status: 200, json: { rules: items.map(show), next } };
      },
    }),
    operation({
      id: 'putAccess',
      method: 'PUT',
      path: ofAll,
      tag,
      summary: 'Says who may call those functions of a tenant that have no rule of their own.',
      access: 'tenant',
      params: ofTenant,
      body: accessSpec,
      hidden: ['tokens'],
      maxBody,
      conditional: true,
      answers: { 200: { description: 'The rule.', schema: accessRule, headers: ['ETag'] } },
      problems: { ...noTenant, ...configured },
      handle: (call) => put(undefined, call),
    }),
    operation({
      id: 'deleteAccess',
      method: 'DELETE',
      path: ofAll,
      tag,
      summary: 'Takes that rule away: anybody may call those functions then.',
      access: 'tenant',
      params: ofTenant,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: { ...noRule, ...configured },
      handle: (call) => take(undefined, call),
    }),
    operation({
      id: 'getFunctionAccess',
      method: 'GET',
      path: ofOne,
      tag,
      summary: 'Who may call a function: the rule that is in force for it, whether the function is there or not.',
      access: 'tenant',
      params: ofFunction,
      answers: { 200: { description: 'The rule.', schema: accessRule, headers: ['ETag'] } },
      problems: noTenant,
      async handle({ params: { tenant, name } }) {
        const view = await rules.get(tenant, name);
        const isOwn = view.function === name && !view.configured;
        return { status: 200, ...(isOwn && { headers: { etag: etagOf(stateOf(view)) } }), json: show(view) };
      },
    }),
    operation({
      id: 'putFunctionAccess',
      method: 'PUT',
      path: ofOne,
      tag,
      summary: 'Says who may call a function through the gateway, from the answer on.',
      description:
        'Goes before the rule of its tenant. It may come before the function is deployed, and stays when that is taken away: what has the name later is not open by accident.',
      access: 'tenant',
      params: ofFunction,
      body: accessSpec,
      hidden: ['tokens'],
      maxBody,
      conditional: true,
      answers: { 200: { description: 'The rule.', schema: accessRule, headers: ['ETag'] } },
      problems: { ...noTenant, ...configured },
      handle: (call) => put(call.params.name, call),
    }),
    operation({
      id: 'deleteFunctionAccess',
      method: 'DELETE',
      path: ofOne,
      tag,
      summary: 'Takes the rule of a function away: that of its tenant holds then, or anybody may call it.',
      access: 'tenant',
      params: ofFunction,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: { ...noRule, ...configured },
      handle: (call) => take(call.params.name, call),
    }),
  ];
}

const stateOf = ({ auth, updatedAt }: Pick<AccessRule, 'auth' | 'updatedAt'>) => ({ auth, updatedAt });

const show = ({ function: name, auth, configured, inForce, updatedAt }: AccessView) => ({
  ...{ function: name ?? null, auth: shown(auth), configured, inForce },
  updatedAt: updatedAt === undefined ? null : toTime(updatedAt),
});
