import { hopByHop, namedInConnection } from '../http/hop-by-hop.ts';

/** Where an answer goes, as far as that changes its headers. */
export interface AnswerPlace {
  /** The path that a function's cookies are for; undefined: its host is its own, so they are for all of it. */
  readonly cookiePath: string | undefined;
  /** The origin is not the tenant's alone. */
  readonly shared: boolean;
}

/** A page of a tenant on an origin that others use too has no rights there. */
const sandbox = 'sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts';

/** Of several tenants on one origin none decides for all. */
const ofOrigin: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'origin-agent-cluster',
  'permissions-policy-report-only',
  'public-key-pins',
  'report-to',
  'reporting-endpoints',
  'nel',
  'service-worker-allowed',
  'strict-transport-security',
]);

/**
 * The headers of a function's answer as they go to the client: without those about the connection, and without what would
 * reach beyond the function's own part of the origin. `content-length` is told apart.
 */
export function answerHeaders(
  given: readonly string[],
  { cookiePath, shared }: AnswerPlace,
): { headers: string[]; length: string | undefined } {
  const headers: string[] = [];
  let length: string | undefined;
  let named: ReadonlySet<string> | undefined;
  let isJson = false;
  for (let i = 0; i < given.length; i += 2) {
    if (given[i] === 'connection') named = namedInConnection(given[i + 1]);
  }
  for (let i = 0; i < given.length; i += 2) {
    const name = given[i] as string;
    const value = given[i + 1] as string;
    if (hopByHop.has(name) || named?.has(name) || name === 'date') continue;
    if (name === 'content-length') length = value;
    else if (name === 'set-cookie') headers.push(name, cookieFor(value, cookiePath));
    else if (!shared || !ofOrigin.has(name)) {
      if (name === 'content-type' && value === 'application/json') isJson = true;
      headers.push(name, value);
    }
  }
  // Browsers show JSON, and take it for nothing else.
  if (shared && !isJson) headers.push('content-security-policy', sandbox, 'x-content-type-options', 'nosniff');
  return { headers, length };
}

/** A cookie of this host alone, and where tenants share it of this function's path alone. */
function cookieFor(cookie: string, path: string | undefined): string {
  const [pair = '', ...attributes] = cookie.split(';');
  const kept = attributes.filter((attribute) => {
    const [name = ''] = attribute.split('=', 1);
    const known = name.trim().toLowerCase();
    return known !== 'domain' && (path === undefined || known !== 'path');
  });
  return [pair, ...kept, ...(path === undefined ? [] : [` Path=${path}`])].join(';');
}
