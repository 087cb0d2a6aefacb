import type { AnyNode, Identifier, MemberExpression, Node } from 'acorn';
import { base, type RecursiveVisitors, type WalkerCallback } from 'acorn-walk';

/**
 * What is done with a value. `asked`: tested for being there, by an operator that takes `undefined` as well; `maybeCall`:
 * called if it is there.
 */
export type Role = 'call' | 'maybeCall' | 'new' | 'asked' | 'typeof' | 'write' | 'read';

/** Operators that take `undefined` as well. */
const asking: ReadonlySet<string> = new Set(['!', 'delete', 'void', '==', '!=', '===', '!==', 'in', 'instanceof']);

/** Nodes whose children have roles. */
const noted: readonly AnyNode['type'][] = [
  'CallExpression',
  'TaggedTemplateExpression',
  'NewExpression',
  'UnaryExpression',
  'BinaryExpression',
  'WhileStatement',
  'ChainExpression',
  'AssignmentExpression',
  'UpdateExpression',
];

/** State of a walk that collects roles. */
interface Noting {
  readonly roles: Roles;
}
type Visit = (node: AnyNode, state: Noting, next: WalkerCallback<Noting>) => void;

/** Collects the roles of nodes from their parents, which are visited first. */
export class Roles {
  readonly #roles = new Map<Node, Role>();

  of(node: AnyNode): Role {
    return this.#roles.get(node) ?? 'read';
  }

  /** Notes the roles of a node's children. */
  note(node: AnyNode): void {
    const roles = this.#roles;
    switch (node.type) {
      case 'CallExpression':
        roles.set(node.callee, node.optional ? 'maybeCall' : 'call');
        break;
      case 'TaggedTemplateExpression':
        roles.set(node.tag, 'call');
        break;
      case 'NewExpression':
        roles.set(node.callee, 'new');
        break;
      case 'UnaryExpression':
        if (node.operator === 'typeof') roles.set(node.argument, 'typeof');
        else if (asking.has(node.operator)) roles.set(node.argument, 'asked');
        break;
      case 'BinaryExpression':
        if (!asking.has(node.operator)) break;
        roles.set(node.left, 'asked');
        roles.set(node.right, 'asked');
        break;
      case 'LogicalExpression':
        roles.set(node.left, 'asked');
        if (this.of(node) === 'asked') roles.set(node.right, 'asked');
        break;
      case 'ConditionalExpression':
      case 'IfStatement':
      case 'WhileStatement':
        roles.set(node.test, 'asked');
        break;
      case 'ChainExpression':
        roles.set(node.expression, this.of(node));
        break;
      case 'AssignmentExpression':
        roles.set(node.left, 'write');
        break;
      case 'UpdateExpression':
        roles.set(node.argument, 'write');
        break;
    }
  }
}

const noting = (type: AnyNode['type']) => {
  const visit = base[type] as Visit | undefined;
  return (node: AnyNode, state: Noting, next: WalkerCallback<Noting>) => {
    state.roles.note(node);
    visit?.(node, state, next);
  };
};

/** Visitors that note the roles of children before these are visited. */
export const roleVisitors = Object.fromEntries(noted.map((type) => [type, noting(type)])) as RecursiveVisitors<Noting>;

/** Whether an expression tests with `typeof` whether a name is there. */
export function asksForName(test: AnyNode, isFree: (name: string) => boolean): boolean {
  switch (test.type) {
    case 'UnaryExpression':
      if (test.operator === 'typeof') return test.argument.type === 'Identifier' && isFree(test.argument.name);
      return asksForName(test.argument, isFree);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return asksForName(test.left as AnyNode, isFree) || asksForName(test.right, isFree);
    default:
      return false;
  }
}

/** What a test always gives. */
export function constantOf(test: AnyNode): boolean | undefined {
  if (test.type === 'Literal') return 'regex' in test || Boolean(test.value);
  if (test.type !== 'UnaryExpression' || test.operator !== '!') return undefined;
  const opposite = constantOf(test.argument);
  return opposite === undefined ? undefined : !opposite;
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
