import type { AnyNode, Identifier, MemberExpression, Node } from 'acorn';
import { base, type RecursiveVisitors } from 'acorn-walk';

/** What is done with a value. `asked`: tested for being there, by an operator that takes `undefined` as well. */
export type Role = 'call' | 'new' | 'asked' | 'typeof' | 'write' | 'read';

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '===', '!==', 'in', 'instanceof']);

/** Collects the roles of nodes from their parents, which are visited first. */
export class Roles {
  readonly #roles = new WeakMap<Node, Role>();

  of(node: AnyNode): Role {
    return this.#roles.get(node) ?? 'read';
  }

  /** Adds to visitors those that note the roles of children; whatever was there runs afterwards. */
  visitors<T>(): RecursiveVisitors<T> {
    const set = (node: Node | null | undefined, role: Role) => node && this.#roles.set(node, role);
    const visitor =
      <N extends Node>(type: keyof RecursiveVisitors<T>, note: (node: N) => void) =>
      (node: N, state: T, next: (node: Node, state: T, override?: string) => void) => {
        note(node);
        (base[type] as unknown as (n: N, s: T, c: typeof next) => void)(node, state, next);
      };
    const notes: { [K in AnyNode['type']]?: (node: Extract<AnyNode, { type: K }>) => void } = {
      CallExpression: ({ callee, optional }) => set(callee, optional ? 'asked' : 'call'),
      TaggedTemplateExpression: ({ tag }) => set(tag, 'call'),
      NewExpression: ({ callee }) => set(callee, 'new'),
      UnaryExpression: ({ operator, argument }) => {
        if (operator === 'typeof') set(argument, 'typeof');
        else if (operator === '!' || operator === 'delete' || operator === 'void') set(argument, 'asked');
      },
      BinaryExpression: ({ operator, left, right }) => {
        if (!comparisons.has(operator)) return;
        set(left, 'asked');
        set(right, 'asked');
      },
      LogicalExpression: (node) => {
        set(node.left, 'asked');
        if (this.of(node) === 'asked') set(node.right, 'asked');
      },
      ConditionalExpression: ({ test }) => set(test, 'asked'),
      IfStatement: ({ test }) => set(test, 'asked'),
      WhileStatement: ({ test }) => set(test, 'asked'),
      ChainExpression: (node) => set(node.expression, this.of(node)),
      AssignmentExpression: ({ left }) => set(left, 'write'),
      UpdateExpression: ({ argument }) => set(argument, 'write'),
    };
    const visitors: RecursiveVisitors<T> = {};
    for (const [type, note] of Object.entries(notes)) {
      const key = type as keyof RecursiveVisitors<T>;
      visitors[key] = visitor(key, note as (node: Node) => void) as never;
    }
    return visitors;
  }
}

type ByName = MemberExpression & { property: Identifier };

export const isByName = (node: AnyNode): node is ByName =>
  node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier';

/** A chain of members that are read by name. */
export interface Chain {
  readonly start: AnyNode;
  readonly outermost: AnyNode;
  readonly properties: readonly string[];
  /** For each property, whether it is read with `?.`. */
  readonly optional: readonly boolean[];
}

export function readChain(outermost: AnyNode): Chain {
  const properties: string[] = [];
  const optional: boolean[] = [];
  let node = outermost;
  for (; isByName(node); node = node.object) {
    properties.push(node.property.name);
    optional.push(node.optional);
  }
  return { start: node, outermost, properties: properties.reverse(), optional: optional.reverse() };
}
