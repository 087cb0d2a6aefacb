import type { IncomingMessage } from 'node:http';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { Caller, Tokens } from '../platform/tokens.ts';

/** Who asks. @throws {ServerError} if the request has no token, or an unknown one */
export async function callerOf(request: IncomingMessage, tokens: Tokens): Promise<Caller> {
  const [, token] = /^Bearer ([!-~]{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
  const caller = token === undefined ? undefined : await tokens.find(token);
  if (caller) return caller;
  throw new ServerError('ERR_ISOLET_SERVER_UNAUTHORIZED', 'Send a token: Authorization: Bearer <token>.');
}

/** @throws {ServerError} if this is not for the caller; of other tenants it says that there is nothing */
export function allow(caller: Caller, tenant: string | undefined, writes: boolean): void {
  if (caller.tenant !== undefined && caller.tenant !== tenant) {
    throw tenant === undefined
      ? new ServerError('ERR_ISOLET_SERVER_FORBIDDEN', 'This takes a token of the platform.')
      : notFound(`tenant '${tenant}'`);
  }
  if (writes && caller.scope === 'read') {
    throw new ServerError('ERR_ISOLET_SERVER_FORBIDDEN', 'This token may only read.');
  }
}
