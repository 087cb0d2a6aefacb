import type { AnyNode } from 'acorn';
import { base, type RecursiveVisitors } from 'acorn-walk';

type Visit<S> = (node: AnyNode, state: S, next: (node: AnyNode, state: S, as?: string) => void) => void;

/** What acorn-walk calls a node whose place says nothing more of it. */
const plain: ReadonlySet<string | undefined> = new Set([undefined, 'Expression', 'Statement']);

/**
 * A walk through trees; what `visitors` leaves out goes on with the children. `each` is called for each node, after its
 * children.
 *
 * Made once and not for each tree: V8 learns and optimizes what is called again, and the functions that are made for one
 * tree are no others' again. So what a walk knows of a tree is in its state.
 */
export function walkOf<S>(
  visitors: RecursiveVisitors<S>,
  each?: (node: AnyNode, state: S) => void,
): (root: AnyNode, state: S) => void {
  const all = { ...base, ...visitors } as unknown as Record<string, Visit<S>>;
  const visit = (node: AnyNode, state: S, as: string | undefined): void => {
    const type = plain.has(as) ? node.type : (as as string);
    const found = all[type];
    if (!found) throw new Error(`No walk through nodes of the type ${type}`);
    found(node, state, next);
  };
  /** A node may be visited under several names, one inside the other. */
  let last: AnyNode | undefined;
  const next = each
    ? (node: AnyNode, state: S, as?: string): void => {
        visit(node, state, as);
        if (node === last) return;
        last = node;
        each(node, state);
      }
    : visit;
  return (root, state) => {
    try {
      next(root, state, undefined);
    } finally {
      last = undefined;
    }
  };
}
