import { isAllowed } from '../../pool/api/allowed.ts';
import type { Finding } from '../../serverless/validation/issue.ts';
import type { CheckRequest } from '../../serverless/validation/protocol.ts';
import type { FreeName } from './scope.ts';

/** What names of the source are compared with. */
class KnownNames {
  readonly #apis: ReadonlySet<string>;
  readonly #allowed: readonly string[] | undefined;
  readonly #globals: ReadonlySet<string> | undefined;
  /** Every API and every namespace, and the part of them that leads to something allowed. */
  readonly #present = new Set<string>();
  readonly #reachable = new Set<string>();

  constructor({ apis, allowed, globals }: Pick<CheckRequest, 'apis' | 'allowed' | 'globals'>) {
    this.#apis = new Set(apis);
    this.#allowed = allowed;
    this.#globals = globals && new Set(globals);
    for (const api of apis) {
      const parts = api.split('.');
      for (let i = 1; i <= parts.length; i++) {
        const name = parts.slice(0, i).join('.');
        this.#present.add(name);
        if (isAllowed(api, this.#allowed)) this.#reachable.add(name);
      }
    }
  }

  complaint({ name: root, properties }: FreeName): string | undefined {
    if (!this.#present.has(root)) {
      return this.#globals && !this.#globals.has(root) ? `'${root}' is not defined in the guest` : undefined;
    }
    let name = root;
    for (let i = 0; ; i++) {
      if (!this.#reachable.has(name)) return `platform API '${name}' is not allowed for this function`;
      const property = properties[i];
      if (property === undefined || this.#apis.has(name)) return undefined;
      name = `${name}.${property}`;
      if (!this.#present.has(name)) return property in {} ? undefined : `there is no platform API '${name}'`;
    }
  }
}

/** Uses of names that will not be there, each name once. */
export function checkNames(free: readonly FreeName[], request: CheckRequest): Finding[] {
  const known = new KnownNames(request);
  const findings = new Map<string, Finding>();
  for (const use of free) {
    const message = known.complaint(use);
    if (message !== undefined && !findings.has(message)) findings.set(message, { message, offset: use.offset });
  }
  return [...findings.values()];
}
