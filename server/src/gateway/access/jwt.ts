import { createHash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ServerError } from '../../errors/server-error.ts';
import type { AccessAuth } from '../../storage/records.ts';
import type { KnownClaims } from './known-claims.ts';

export type JwtRule = Extract<AccessAuth, { type: 'jwt' }>;

let checks = 0;

/**
 * Checks tokens against the keys that their issuer publishes. Keys are fetched when one is needed that is not known, and
 * kept; a signature is checked once for each token.
 */
export class JwtCheck {
  readonly #rule: JwtRule;
  readonly #keys: JWTVerifyGetKey;
  readonly #known: KnownClaims;
  /** What is good by one rule says nothing about another. */
  readonly #id = ++checks;

  constructor(rule: JwtRule, keys: JWTVerifyGetKey, known: KnownClaims) {
    this.#rule = rule;
    this.#keys = keys;
    this.#known = known;
  }

  /** The claims of a token, as base64url of JSON. @throws {ServerError} if it is not good, or if nobody can say now whether it is */
  async claimsOf(token: string): Promise<string> {
    const key = `${this.#id} ${createHash('sha256').update(token).digest('base64')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const claims = await this.#verify(token);
    const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
    if (claims.exp !== undefined) this.#known.add(key, { text, until: claims.exp * 1000 });
    return text;
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms } = this.#rule;
    const options = { issuer, audience, algorithms: [...algorithms], clockTolerance: 5 };
    try {
      const { payload } = await jwtVerify(token, this.#keys, options);
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
