import type { IncomingMessage } from 'node:http';
import { ServerError } from '../errors/server-error.ts';
import type { Tokens } from '../platform/tokens.ts';
import type { TokenRecord } from '../storage/records.ts';
import type { Guesses } from './guesses.ts';
import { isReading, type Operation } from './operation.ts';

/**
 * Who sent a request, by its token.
 *
 * @throws {ServerError} if it has none, or one that is not known, or too many wrong ones came from its address.
 */
export async function callerOf(request: IncomingMessage, tokens: Tokens, guesses: Guesses): Promise<TokenRecord> {
  const address = request.socket.remoteAddress ?? '';
  const [, token] = /^Bearer +([!-~]{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) throw unauthorized('Send a token: Authorization: Bearer <token>.');
  const caller = await guesses.try(address, token, () => tokens.find(token));
  if (!caller) throw unauthorized('The token is not known, has expired or was revoked.');
  return caller;
}

const unauthorized = (message: string): ServerError => new ServerError('ERR_ISOLET_SERVER_UNAUTHORIZED', message);

/**
 * @param tenant - the one in the path.
 * @throws {ServerError} if the operation is not for the caller. Of other tenants it does not say whether there are any.
 */
export function allow(
  caller: TokenRecord,
  operation: Pick<Operation, 'access' | 'method' | 'reads'>,
  tenant: string | undefined,
): void {
  const { access } = operation;
  if (access === 'open' || access === 'anyone') return;
  if (caller.tenant !== undefined && access === 'platform') throw forbidden('This takes a token of the platform.');
  if (caller.tenant !== undefined && caller.tenant !== tenant) throw forbidden('The token is one of another tenant.');
  if (caller.scope === 'read' && !isReading(operation)) throw forbidden('The token may only read.');
}

const forbidden = (message: string): ServerError => new ServerError('ERR_ISOLET_SERVER_FORBIDDEN', message);
