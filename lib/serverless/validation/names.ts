import type { AnyNode } from 'acorn';
import type { ValidationIssue } from '../../errors/index.ts';
import { isAllowed } from '../../pool/api/declare.ts';
import { issueAt } from './issue.ts';
import type { FreeName } from './scope.ts';

export interface KnownNames {
  /** Full names of the platform's APIs: `log`, `kv.get`. */
  readonly apis: readonly string[];
  /** The part of them this function may use; `undefined` = all. */
  readonly allowed: readonly string[] | undefined;
  /** What the guest's `globalThis` has beside them; `undefined`: not checked. */
  readonly globals: ReadonlySet<string> | undefined;
}

/** `kv.get` for the `kv` in `kv.get(key)`: the name and the properties that are read from it by name. */
function dottedName({ node, path }: FreeName): string[] {
  const parts = [node.name];
  let child: AnyNode = node;
  for (const parent of path.slice(0, -1).reverse()) {
    if (parent.type !== 'MemberExpression' || parent.object !== child || parent.computed) break;
    if (parent.property.type !== 'Identifier') break;
    parts.push(parent.property.name);
    child = parent;
  }
  return parts;
}

function complaint(parts: readonly string[], known: KnownNames): string | undefined {
  const root = parts[0] as string;
  const below = (name: string) => known.apis.some((api) => api === name || api.startsWith(`${name}.`));
  if (!below(root)) {
    return known.globals && !known.globals.has(root) ? `'${root}' is not defined in the guest` : undefined;
  }
  for (let i = 1; i <= parts.length; i++) {
    const name = parts.slice(0, i).join('.');
    if (!below(name)) return (parts[i - 1] as string) in {} ? undefined : `there is no platform API '${name}'`;
    const reachable = known.apis.some(
      (api) => (api === name || api.startsWith(`${name}.`)) && isAllowed(api, known.allowed),
    );
    if (!reachable) return `platform API '${name}' is not allowed for this function`;
    if (known.apis.includes(name)) return undefined;
  }
  return undefined;
}

/** Uses of names that will not be there, each name once. */
export function checkNames(free: readonly FreeName[], known: KnownNames): ValidationIssue[] {
  const issues = new Map<string, ValidationIssue>();
  for (const use of free) {
    const message = complaint(dottedName(use), known);
    if (message !== undefined && !issues.has(message)) issues.set(message, issueAt(use.node, message));
  }
  return [...issues.values()];
}
