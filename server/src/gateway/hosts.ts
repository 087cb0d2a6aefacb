import type { Config } from '../config/schema.ts';
import type { DomainTarget } from '../platform/domains.ts';
import { isName, noFunction, settledPath, type Target, targetOfPath, targetOfTenant } from './target.ts';

/** Which function a request is for, by its host and its path. */
export class Hosts {
  readonly #suffix: string | undefined;
  readonly #paths: boolean;
  readonly #own: ReadonlySet<string> | undefined;
  readonly #find: (host: string) => DomainTarget | undefined;

  /** @param find - the domains of tenants */
  constructor({ domain, paths, ownHosts }: Config['gateway'], find: (host: string) => DomainTarget | undefined) {
    this.#suffix = domain === undefined ? undefined : `.${domain}`;
    this.#paths = paths;
    this.#own = ownHosts && new Set(ownHosts.map((host) => host.toLowerCase()));
    this.#find = find;
  }

  /**
   * The function that a request is for; `undefined`: it is for the platform itself.
   *
   * @throws {ServerError} there is no such function, or the host is nobody's
   */
  targetOf(host: string, url: string): Target | undefined {
    const record = this.#find(host) ?? this.#byName(host);
    if (record) return targetOn(record, url);
    if (this.#own && !this.#own.has(host)) throw noFunction();
    return this.#paths && url.startsWith('/fn/') ? targetOfPath(url) : undefined;
  }

  /** `<name>.<tenant>.<domain>` */
  #byName(host: string): DomainTarget | undefined {
    if (this.#suffix === undefined) return undefined;
    if (!host.endsWith(this.#suffix)) {
      if (host === this.#suffix.slice(1) && this.#own?.has(host) !== true) throw noFunction();
      return undefined;
    }
    if (this.#own?.has(host)) return undefined;
    const labels = host.slice(0, -this.#suffix.length).split('.');
    const [name = '', tenant = ''] = labels;
    if (labels.length !== 2 || !isName(name) || !isName(tenant)) throw noFunction();
    return { tenant, function: name, alias: undefined };
  }
}

function targetOn({ tenant, function: name, alias }: DomainTarget, url: string): Target {
  if (name !== undefined) return { tenant, name, alias, prefix: '', path: settledPath(url) };
  return { ...targetOfTenant(tenant, url), alias };
}
