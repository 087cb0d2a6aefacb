import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config/schema.ts';
import type { Target } from '../target.ts';
import { JwtCheck, refused } from './jwt.ts';
import { tokenCheck } from './tokens.ts';

/** What the gateway knows of a caller. */
export interface Admitted {
  /** Headers for the function, names and values in turn. */
  readonly headers: readonly string[];
  /** The token was for the gateway alone: the function is not to see it. */
  readonly hidesAuthorization: boolean;
}

type Rule = (token: string) => Admitted | Promise<Admitted>;

const bearer = /^Bearer ([!-~]{1,8192})$/i;

/** Who may call which function. A rule holds however the function is reached: by a host or by a path. */
export class Access {
  readonly #rules = new Map<string, Rule | undefined>();

  constructor(rules: Config['gateway']['access']) {
    for (const { tenant, function: name = '', auth } of rules) this.#rules.set(keyOf(tenant, name), ruleOf(auth));
  }

  /**
   * `undefined`: anybody may call it.
   *
   * @throws {ServerError} if the request has no token, or one that is not good
   */
  admit(request: IncomingMessage, { tenant, name }: Target): undefined | Admitted | Promise<Admitted> {
    if (this.#rules.size === 0) return undefined;
    const own = keyOf(tenant, name);
    const rule = this.#rules.has(own) ? this.#rules.get(own) : this.#rules.get(keyOf(tenant, ''));
    if (!rule) return undefined;
    const [, token] = bearer.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw refused('Send a token: Authorization: Bearer <token>.');
    return rule(token);
  }
}

const keyOf = (tenant: string, name: string): string => `${tenant}/${name}`;

function ruleOf(auth: Config['gateway']['access'][number]['auth']): Rule | undefined {
  if (auth.type === 'none') return undefined;
  if (auth.type === 'token') {
    const isKnown = tokenCheck(auth.tokens);
    return (token) => {
      if (!isKnown(token)) throw refused('The token is not known.');
      return { headers: [], hidesAuthorization: true };
    };
  }
  const check = new JwtCheck(auth);
  return async (token) => {
    const claims = await check.claimsOf(token);
    const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return { headers: ['x-isolet-claims', text], hidesAuthorization: false };
  };
}
