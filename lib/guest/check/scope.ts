import type { AnyNode, Identifier, MemberExpression, Node } from 'acorn';
import { base, type RecursiveVisitors, recursive, type WalkerCallback } from 'acorn-walk';
import { declarations } from './declarations.ts';

/** A use of a name that the source does not declare. */
export interface FreeName {
  readonly name: string;
  readonly offset: number;
  /** What is read from it by name: `get` for the `kv` in `kv.get(key)`. */
  readonly properties: readonly string[];
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

const isByName = (node: AnyNode): node is MemberExpression & { property: Identifier } =>
  node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier';

function readChain(outermost: AnyNode): [start: AnyNode, properties: string[]] {
  const properties: string[] = [];
  let node = outermost;
  for (; isByName(node); node = node.object) properties.push(node.property.name);
  return [node, properties.reverse()];
}

/** Every use of a name that must come from outside. Names tested with `typeof` may be missing and are left out. */
export function freeNames(root: AnyNode): FreeName[] {
  const declared = declarations(root);
  /** How many of the scopes around the present place declare a name. One table costs the same however deep that is. */
  const visible = new Map<string, number>();
  const free: FreeName[] = [];
  const tested = new Set<string>();
  let insideWith = 0;
  let operandOfTypeof: AnyNode | undefined;
  /** Where the chain of members that was met last begins, and what is read from there, outermost last. */
  let start: AnyNode | undefined;
  let properties: readonly string[] = [];
  /** A part of that chain, or its start, which is read already. */
  let within: AnyNode | undefined;

  const use = (node: Identifier) => {
    if (visible.has(node.name)) return;
    // Inside `with` any name may be a property.
    if (insideWith > 0) return;
    if (node === operandOfTypeof) tested.add(node.name);
    free.push({ name: node.name, offset: node.start, properties: node === start ? properties : [] });
  };
  const visitors: RecursiveVisitors<undefined> = {
    Identifier: use,
    // @ts-expect-error acorn-walk visits the targets of assignments under this name; its types do not know it
    VariablePattern: use,
    UnaryExpression: (node, state, next) => {
      if (node.operator === 'typeof') operandOfTypeof = node.argument;
      base.UnaryExpression?.(node, state, next);
    },
    MemberExpression: (node, state, next) => {
      if (node !== within) [start, properties] = readChain(node);
      within = isByName(node) ? node.object : undefined;
      base.MemberExpression?.(node, state, next);
    },
    WithStatement: (node, state, next) => {
      insideWith++;
      base.WithStatement?.(node, state, next);
      insideWith--;
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
  return free.filter(({ name }) => !tested.has(name));
}
