import type { AnyNode, Identifier, MemberExpression, Node } from 'acorn';
import { base, type RecursiveVisitors, type WalkerCallback } from 'acorn-walk';
import { type Declarations, declarations } from './declarations.ts';
import { asksForName, type Chain, constantOf, isByName, type Role, Roles, readChain, roleVisitors } from './uses.ts';
import { walkOf } from './walk.ts';

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

/** What is known at some place of a source. */
class Place {
  readonly free: FreeName[] = [];
  readonly roles = new Roles();
  readonly declared: Declarations;
  readonly look: (node: AnyNode) => void;
  guards = 0;
  /** The part of the last chain of members, or its start, which is read already. */
  within: AnyNode | undefined;
  /** The chain of members that was met last. */
  #chain: Chain | undefined;
  /** How many of the scopes around it declare a name. One table costs the same however deep that is. */
  readonly #visible = new Map<string, number>();

  constructor(declared: Declarations, look: (node: AnyNode) => void) {
    this.declared = declared;
    this.look = look;
  }

  enter(names: readonly string[]): void {
    for (const name of names) this.#visible.set(name, (this.#visible.get(name) ?? 0) + 1);
  }

  leave(names: readonly string[]): void {
    for (const name of names) {
      const left = (this.#visible.get(name) as number) - 1;
      if (left > 0) this.#visible.set(name, left);
      else this.#visible.delete(name);
    }
  }

  isFree(name: string): boolean {
    return !this.#visible.has(name);
  }

  use(node: Identifier, written: boolean): void {
    if (!this.isFree(node.name)) return;
    const known = node === this.#chain?.start ? this.#chain : undefined;
    const { outermost, properties, optional } = known ?? { outermost: node, properties: [], optional: [] };
    const role = written ? 'write' : this.roles.of(outermost);
    this.free.push({ name: node.name, offset: node.start, properties, optional, role, guarded: this.guards > 0 });
  }

  chain(node: MemberExpression): void {
    if (node !== this.within) this.#chain = readChain(node);
    this.within = isByName(node) ? node.object : undefined;
  }
}

/** What never runs does not matter; what depends on whether a name is there may be about other names as well. */
function asking(test: AnyNode, branch: AnyNode, needed: boolean, place: Place, next: WalkerCallback<Place>): void {
  const isGuarded = constantOf(test) === !needed || asksForName(test, (name) => place.isFree(name));
  if (isGuarded) place.guards++;
  next(branch, place);
  if (isGuarded) place.guards--;
}

const inScope = (type: (typeof scopes)[number]) => {
  const visit = base[type] as (node: Node, place: Place, next: WalkerCallback<Place>) => void;
  return (node: Node, place: Place, next: WalkerCallback<Place>) => {
    const names = place.declared.get(node);
    if (names) place.enter(names);
    visit(node, place, next);
    if (names) place.leave(names);
  };
};

const visitors: RecursiveVisitors<Place> = {
  ...roleVisitors,
  ...(Object.fromEntries(scopes.map((type) => [type, inScope(type)])) as RecursiveVisitors<Place>),
  Identifier: (node, place) => place.use(node, false),
  // @ts-expect-error acorn-walk visits the targets of assignments under this name; its types do not know it
  VariablePattern: (node: Identifier, place: Place) => place.use(node, true),
  MemberExpression: (node, place, next) => {
    place.chain(node);
    base.MemberExpression?.(node, place, next);
  },
  IfStatement: (node, place, next) => {
    place.roles.note(node);
    next(node.test, place);
    asking(node.test, node.consequent, true, place, next);
    if (node.alternate) asking(node.test, node.alternate, false, place, next);
  },
  ConditionalExpression: (node, place, next) => {
    place.roles.note(node);
    next(node.test, place);
    asking(node.test, node.consequent, true, place, next);
    asking(node.test, node.alternate, false, place, next);
  },
  LogicalExpression: (node, place, next) => {
    place.roles.note(node);
    next(node.left, place);
    asking(node.left, node.right, node.operator !== '||', place, next);
  },
  WithStatement: (node, place, next) => {
    place.guards++;
    base.WithStatement?.(node, place, next);
    place.guards--;
  },
  TryStatement: (node, place, next) => {
    if (node.handler) place.guards++;
    next(node.block, place);
    if (node.handler) place.guards--;
    if (node.handler) next(node.handler, place);
    if (node.finalizer) next(node.finalizer, place);
  },
};

const walk = walkOf<Place>(visitors, (node, place) => place.look(node));

/**
 * Every use of a name that must come from outside. A tree may be large, so others look at its nodes on the same walk:
 * `look` gets each of them.
 */
export function freeNames(root: AnyNode, look: (node: AnyNode) => void = () => {}): FreeName[] {
  const place = new Place(declarations(root), look);
  walk(root, place);
  return place.free;
}
