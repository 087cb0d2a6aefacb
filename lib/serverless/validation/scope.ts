import type {
  AnyNode,
  ArrowFunctionExpression,
  ClassDeclaration,
  ClassExpression,
  FunctionDeclaration,
  FunctionExpression,
  Identifier,
  Pattern,
} from 'acorn';
import type * as Walk from 'acorn-walk';

/** A name used in the source that the source does not declare. */
export interface FreeName {
  readonly node: Identifier;
  /** The nodes from the root to `node`, which is the last. */
  readonly path: readonly AnyNode[];
}

const blocks: ReadonlySet<string> = new Set([
  'Program',
  'BlockStatement',
  'StaticBlock',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);
const functions: ReadonlySet<string> = new Set([
  'Program',
  'StaticBlock',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

function patternNames(pattern: Pattern | null): string[] {
  if (!pattern) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((p) => patternNames(p.type === 'RestElement' ? p.argument : p.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap(patternNames);
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    default:
      return [];
  }
}

type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

class Declarations {
  readonly #names = new Map<AnyNode, Set<string>>();

  add(scope: AnyNode | undefined, names: readonly string[]): void {
    if (!scope) return;
    const known = this.#names.get(scope) ?? new Set();
    for (const name of names) known.add(name);
    this.#names.set(scope, known);
  }

  has(scope: AnyNode, name: string): boolean {
    return this.#names.get(scope)?.has(name) ?? false;
  }
}

const enclosing = (ancestors: readonly AnyNode[], kinds: ReadonlySet<string>): AnyNode | undefined =>
  ancestors.slice(0, -1).findLast((node) => kinds.has(node.type));

function collect(walk: typeof Walk, root: AnyNode): Declarations {
  const declared = new Declarations();
  const onFunction = (node: FunctionNode, ancestors: AnyNode[]) => {
    declared.add(node, node.params.flatMap(patternNames));
    if (node.type !== 'ArrowFunctionExpression') declared.add(node, ['arguments']);
    if (node.type === 'FunctionExpression' && node.id) declared.add(node, [node.id.name]);
    if (node.type !== 'FunctionDeclaration' || !node.id) return;
    declared.add(enclosing(ancestors, blocks), [node.id.name]);
    // In sloppy code a function in a block is also a variable of the function around it.
    declared.add(enclosing(ancestors, functions), [node.id.name]);
  };
  const onClass = (node: ClassDeclaration | ClassExpression, ancestors: AnyNode[]) => {
    if (!node.id) return;
    declared.add(node, [node.id.name]);
    if (node.type === 'ClassDeclaration') declared.add(enclosing(ancestors, blocks), [node.id.name]);
  };
  walk.ancestor(root, {
    VariableDeclaration: (node, _state, ancestors) => {
      const scope = enclosing(ancestors as AnyNode[], node.kind === 'var' ? functions : blocks);
      for (const { id } of node.declarations) declared.add(scope, patternNames(id));
    },
    Function: (node, _state, ancestors) => onFunction(node as FunctionNode, ancestors as AnyNode[]),
    Class: (node, _state, ancestors) => onClass(node as ClassDeclaration, ancestors as AnyNode[]),
    CatchClause: (node) => declared.add(node, patternNames(node.param ?? null)),
  });
  return declared;
}

/** Every use of a name that must come from outside. Names tested with `typeof` may be missing and are left out. */
export function freeNames(walk: typeof Walk, root: AnyNode): FreeName[] {
  const declared = collect(walk, root);
  const free: FreeName[] = [];
  const tested = new Set<string>();
  const visit = (node: Identifier, ancestors: readonly AnyNode[]) => {
    if (ancestors.some((scope) => declared.has(scope, node.name))) return;
    // Inside `with` any name may be a property.
    if (ancestors.some((scope) => scope.type === 'WithStatement')) return;
    const parent = ancestors.at(-2);
    if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') tested.add(node.name);
    free.push({ node, path: [...ancestors] });
  };
  walk.ancestor(root, {
    Identifier: (node, _state, ancestors) => visit(node, ancestors as AnyNode[]),
    // @ts-expect-error acorn-walk visits the targets of assignments under this name; its types do not know it
    VariablePattern: (node: Identifier, _state: unknown, ancestors: AnyNode[]) => visit(node, ancestors),
  });
  return free.filter(({ node }) => !tested.has(node.name));
}
