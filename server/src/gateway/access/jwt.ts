import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Config } from '../../config/schema.ts';
import { ServerError } from '../../errors/server-error.ts';

export type JwtRule = Extract<Config['gateway']['access'][number]['auth'], { type: 'jwt' }>;

/** Tokens whose signature was found good, until they expire. */
const maxKnown = 1000;

/**
 * Checks tokens against the keys that their issuer publishes. Keys are fetched when one is needed that is not known, and
 * kept; a signature is checked once for each token.
 */
export class JwtCheck {
  readonly #rule: JwtRule;
  readonly #keys: JWTVerifyGetKey;
  readonly #known = new Map<string, JWTPayload>();

  /** @param keys - Default: those at the rule's `jwks` */
  constructor(
    rule: JwtRule,
    keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(rule.jwks), { timeoutDuration: 5000 }),
  ) {
    this.#rule = rule;
    this.#keys = keys;
  }

  /** The claims of a token. @throws {ServerError} if it is not good, or if nobody can say now whether it is */
  async claimsOf(token: string): Promise<JWTPayload> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#known.get(key);
    if (known?.exp !== undefined && known.exp * 1000 > Date.now()) return known;
    this.#known.delete(key);
    const claims = await this.#verify(token);
    if (claims.exp === undefined) return claims;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= maxKnown && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, claims);
    return claims;
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms } = this.#rule;
    try {
      const { payload } = await jwtVerify(token, this.#keys, { issuer, audience, algorithms, clockTolerance: 5 });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refused('The token has expired.');
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
        // What a set of keys that is none says is nothing about the token.
        if (!(error instanceof errors.JWKSInvalid) && error.code !== 'ERR_JOSE_GENERIC')
          throw refused('The token is not good here.');
      }
      throw new ServerError('ERR_ISOLET_SERVER_KEYS', "The keys of the token's issuer can't be had now.", {
        retryable: true,
        retryAfter: 5000,
      });
    }
  }
}

export const refused = (message: string): ServerError => new ServerError('ERR_ISOLET_SERVER_UNAUTHORIZED', message);
