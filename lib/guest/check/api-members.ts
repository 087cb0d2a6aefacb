import { isAllowed } from '../../shared/allowed.ts';
import type { Finding } from '../../shared/check/findings.ts';
import type { CheckRequest } from '../../shared/check/protocol.ts';
import type { FreeName } from './scope.ts';

/** A use of a platform API that is not there. */
export interface MissingApi extends Finding {
  /**
   * `'certain'`: all that the source does with it is to call it, and it gets at its namespace in no way in which it could
   * add to it. `'likely'`: it is read as well. `'asked'`: the source asks whether it is there, or may have made it itself.
   */
  readonly missing: 'certain' | 'likely' | 'asked';
}

interface Missing {
  readonly message: string;
  /** How many properties lead to what is missing. */
  readonly depth: number;
}

/** What uses of platform APIs are compared with. */
class PlatformApis {
  readonly #apis: ReadonlySet<string>;
  /** Every API and every namespace, and the part of them that leads to something allowed. */
  readonly #present = new Set<string>();
  readonly #reachable = new Set<string>();

  constructor({ apis, allowed }: Pick<CheckRequest, 'apis' | 'allowed'>) {
    this.#apis = new Set(apis);
    for (const api of apis) {
      const parts = api.split('.');
      for (let i = 1; i <= parts.length; i++) {
        const name = parts.slice(0, i).join('.');
        this.#present.add(name);
        if (isAllowed(api, allowed)) this.#reachable.add(name);
      }
    }
  }

  has(name: string): boolean {
    return this.#present.has(name);
  }

  missing({ name: root, properties }: FreeName): Missing | undefined {
    let name = root;
    for (let depth = 0; ; depth++) {
      if (!this.#reachable.has(name))
        return { message: `platform API '${name}' is not allowed for this function`, depth };
      const property = properties[depth];
      if (property === undefined || this.#apis.has(name)) return undefined;
      name = `${name}.${property}`;
      if (this.#present.has(name)) continue;
      return property in {} ? undefined : { message: `there is no platform API '${name}'`, depth: depth + 1 };
    }
  }
}

const degrees = ['certain', 'likely', 'asked'] as const;

/** What a use says about what is missing. */
function degreeOf({ properties, optional, role, guarded }: FreeName, { depth }: Missing): 0 | 1 | 2 {
  if (guarded) return 2;
  if (properties.length > depth) return optional[depth] ? 2 : 0;
  if (role === 'call' || role === 'new') return 0;
  return role === 'read' ? 1 : 2;
}

/** Namespaces that the source may have added to. */
function openNames(free: readonly FreeName[], hinted: ReadonlySet<string>): ReadonlySet<string> {
  const open = new Set(hinted);
  const evaluates = free.some(({ name, role }) => name === 'eval' && role !== 'typeof' && role !== 'asked');
  for (const { name, role, properties } of free) {
    // As a whole, or a member by a computed name.
    const whole = properties.length === 0 && (role === 'read' || role === 'asked' || role === 'maybeCall');
    if (evaluates || role === 'write' || whole) open.add(name);
  }
  return open;
}

/** Uses of platform APIs that are not there, each one once. */
export function missingApis(
  free: readonly FreeName[],
  request: CheckRequest,
  hinted: ReadonlySet<string>,
): MissingApi[] {
  const platform = new PlatformApis(request);
  const open = openNames(free, hinted);
  const found = new Map<string, { offset: number; degree: 0 | 1 | 2 }>();
  for (const use of free) {
    const missing = platform.has(use.name) ? platform.missing(use) : undefined;
    if (!missing) continue;
    const degree = open.has(use.name) ? 2 : degreeOf(use, missing);
    const before = found.get(missing.message);
    if (!before) found.set(missing.message, { offset: use.offset, degree });
    else if (degree > before.degree) before.degree = degree;
  }
  return [...found].map(([message, { offset, degree }]) => ({ message, offset, missing: degrees[degree] }));
}
