import type { IncomingMessage } from 'node:http';
import type { AccessRule, AccessRules } from '../../platform/access-rules.ts';
import type { AccessAuth } from '../../storage/records.ts';
import type { Target } from '../target.ts';
import { JwtCheck, refused } from './jwt.ts';
import { KnownClaims } from './known-claims.ts';
import { configuredKeys, type KeysOf, keysFrom } from './remote-keys.ts';
import { tokenCheck } from './tokens.ts';

/** What the gateway knows of a caller. */
export interface Admitted {
  /** Headers for the function, names and values in turn. */
  readonly headers: readonly string[];
  /** The token was for the gateway alone: the function is not to see it. */
  readonly hidesAuthorization: boolean;
}

type Check = (token: string) => Admitted | Promise<Admitted>;

const bearer = /^Bearer ([!-~]{1,8192})$/i;

/** Who may call which function. A rule holds however the function is reached: by a host or by a path. */
export class Access {
  readonly #rules: AccessRules;
  readonly #checks = new WeakMap<AccessAuth, Check>();
  readonly #known = new KnownClaims();
  readonly #keysOfTenants: KeysOf;

  /** @param issuers - where keys for rules of the administration may be fetched from */
  constructor(rules: AccessRules, issuers: readonly string[]) {
    this.#rules = rules;
    this.#keysOfTenants = keysFrom(issuers);
  }

  /**
   * `undefined`: anybody may call it.
   *
   * @throws {ServerError} if the request has no token, or one that is not good
   */
  admit(request: IncomingMessage, { tenant, name }: Target): undefined | Admitted | Promise<Admitted> {
    const rule = this.#rules.find(tenant, name);
    if (!rule || rule.auth.type === 'none') return undefined;
    const [, token] = bearer.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw refused('Send a token: Authorization: Bearer <token>.');
    return this.#checkOf(rule)(token);
  }

  #checkOf(rule: AccessRule): Check {
    const known = this.#checks.get(rule.auth);
    if (known) return known;
    const made = this.#makeCheck(rule);
    this.#checks.set(rule.auth, made);
    return made;
  }

  #makeCheck({ auth, configured }: AccessRule): Check {
    if (auth.type === 'none') throw new TypeError('a rule for everybody has no check');
    if (auth.type === 'token') {
      const isKnown = tokenCheck(auth.hashes);
      return (token) => {
        if (!isKnown(token)) throw refused('The token is not known.');
        return { headers: [], hidesAuthorization: true };
      };
    }
    const keysOf = configured ? configuredKeys : this.#keysOfTenants;
    const check = new JwtCheck(auth, keysOf(auth.jwks), this.#known);
    return async (token) => ({ headers: ['x-isolet-claims', await check.claimsOf(token)], hidesAuthorization: false });
  }
}
