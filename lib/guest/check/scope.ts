import type { AnyNode, Identifier, Node } from 'acorn';
import { base, type RecursiveVisitors, recursive, type WalkerCallback } from 'acorn-walk';
import { declarations } from './declarations.ts';
import { asksForName, type Chain, constantOf, isByName, type Role, Roles, readChain } from './uses.ts';

/** A use of a name that the source does not declare. */
export interface FreeName extends Pick<Chain, 'properties' | 'optional'> {
  readonly name: string;
  readonly offset: number;
  /** What is done with what is read: with `get` for `kv.get(key)`. */
  readonly role: Role;
  /** Where an error is caught, it depends on whether a name is there, or any name may be a property. */
  readonly guarded: boolean;
}

/** Node types that may declare names for what is inside them, as acorn-walk calls them. */
const scopes = [
  'Program',
  'StaticBlock',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'CatchClause',
  'Function',
  'Class',
] as const;

/** Every use of a name that must come from outside. */
export function freeNames(root: AnyNode): FreeName[] {
  const declared = declarations(root);
  /** How many of the scopes around the present place declare a name. One table costs the same however deep that is. */
  const visible = new Map<string, number>();
  const free: FreeName[] = [];
  const roles = new Roles();
  let guards = 0;
  /** The chain of members that was met last, and a part of it, or its start, which is read already. */
  let chain: Chain | undefined;
  let within: AnyNode | undefined;

  const use = (node: Identifier, written: boolean) => {
    if (visible.has(node.name)) return;
    const { outermost, properties, optional } =
      node === chain?.start ? chain : { outermost: node, properties: [], optional: [] };
    const role = written ? 'write' : roles.of(outermost);
    free.push({ name: node.name, offset: node.start, properties, optional, role, guarded: guards > 0 });
  };
  /** What never runs does not matter; what depends on whether a name is there may be about other names as well. */
  const asking = (test: AnyNode, branch: AnyNode, needed: boolean, next: WalkerCallback<undefined>) => {
    const isGuarded = constantOf(test) === !needed || asksForName(test, (name) => !visible.has(name));
    if (isGuarded) guards++;
    next(branch, undefined);
    if (isGuarded) guards--;
  };
  const visitors: RecursiveVisitors<undefined> = {
    ...roles.visitors(),
    Identifier: (node) => use(node, false),
    // @ts-expect-error acorn-walk visits the targets of assignments under this name; its types do not know it
    VariablePattern: (node: Identifier) => use(node, true),
    MemberExpression: (node, state, next) => {
      if (node !== within) chain = readChain(node);
      within = isByName(node) ? node.object : undefined;
      base.MemberExpression?.(node, state, next);
    },
    IfStatement: (node, state, next) => {
      roles.note(node);
      next(node.test, state);
      asking(node.test, node.consequent, true, next);
      if (node.alternate) asking(node.test, node.alternate, false, next);
    },
    ConditionalExpression: (node, state, next) => {
      roles.note(node);
      next(node.test, state);
      asking(node.test, node.consequent, true, next);
      asking(node.test, node.alternate, false, next);
    },
    LogicalExpression: (node, state, next) => {
      roles.note(node);
      next(node.left, state);
      asking(node.left, node.right, node.operator !== '||', next);
    },
    WithStatement: (node, state, next) => {
      guards++;
      base.WithStatement?.(node, state, next);
      guards--;
    },
    TryStatement: (node, state, next) => {
      if (node.handler) guards++;
      next(node.block, state);
      if (node.handler) guards--;
      if (node.handler) next(node.handler, state);
      if (node.finalizer) next(node.finalizer, state);
    },
  };
  for (const type of scopes) {
    visitors[type] = (node: Node, state: undefined, next: WalkerCallback<undefined>) => {
      const names = declared.get(node) ?? [];
      for (const name of names) visible.set(name, (visible.get(name) ?? 0) + 1);
      base[type]?.(node as never, state, next);
      for (const name of names) {
        const left = (visible.get(name) as number) - 1;
        if (left > 0) visible.set(name, left);
        else visible.delete(name);
      }
    };
  }
  recursive(root, undefined, visitors);
  return free;
}
