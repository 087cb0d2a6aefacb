import { answerJson } from '../http/answers.ts';
import { readJson } from '../http/bodies.ts';
import type { Exchange, Route } from '../http/router.ts';
import type { Platform } from '../platform/platform.ts';

const bodyLimit = 1024 * 1024;

/** Functions by path: `/fn/<tenant>/<name>/…`. */
export function gatewayRoutes(platform: Platform): Route[] {
  const handle = async ({ request, response, params, query, signal }: Exchange): Promise<void> => {
    const { tenant = '', name = '', '*': rest = '' } = params;
    const { method = 'GET', headers } = request;
    const body = await readJson(request, bodyLimit);
    const event = { method, path: `/${rest}`, query: Object.fromEntries(query), headers: { ...headers }, body };
    const { value } = await platform.invocations.invoke(tenant, name, event, { signal });
    answerJson(response, 200, value);
  };
  return [
    { method: 'ANY', path: '/fn/:tenant/:name', handle },
    { method: 'ANY', path: '/fn/:tenant/:name/*', handle },
  ];
}
