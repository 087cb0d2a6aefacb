import { egress } from 'isolet';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

/** The keys that an issuer publishes at a URL. */
export type KeysOf = (jwks: string) => JWTVerifyGetKey;

const timeout = 5000;
/** Bytes of a set of keys. */
const mostBytes = 256 * 1024;

/** For rules of the configuration: whoever writes that is believed. */
export const configuredKeys: KeysOf = (jwks) => createRemoteJWKSet(new URL(jwks), { timeoutDuration: timeout });

/**
 * For rules that tenants may set: the server asks for them nowhere where a function could not be let to.
 *
 * @param issuers - hosts, ranges of addresses; `*`: every public address
 */
export function keysFrom(issuers: readonly string[]): KeysOf {
  const allow = issuers.includes('*') ? {} : { allow: [...issuers] };
  const outbound = egress({ ...allow, redirects: 0, maxResponseBytes: mostBytes, timeout });
  const fetch = async (url: string, { headers, signal }: { headers: Headers; signal: AbortSignal }) =>
    outbound(new Request(url, { headers, signal, redirect: 'error' }), { context: undefined });
  return (jwks) => createRemoteJWKSet(new URL(jwks), { timeoutDuration: timeout, [customFetch]: fetch });
}
