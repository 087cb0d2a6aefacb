import type { AnyNode, Node, Pattern } from 'acorn';
import { base, type RecursiveVisitors, recursive, type WalkerCallback } from 'acorn-walk';

/** The names that each node brings into being for what is inside it. */
export type Declarations = ReadonlyMap<Node, ReadonlySet<string>>;

/** Where declarations at some place of the source go. */
interface Around {
  /** `let`, `const`, classes and functions. */
  block: Node;
  /** `var`. */
  variables: Node;
}

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

/** Node types that open a block, as acorn-walk calls them. */
const blocks = ['BlockStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'SwitchStatement'] as const;

export function declarations(root: AnyNode): Declarations {
  const declared = new Map<Node, Set<string>>();
  const declare = (scope: Node, names: readonly string[]) => {
    const known = declared.get(scope);
    if (!known) declared.set(scope, new Set(names));
    else for (const name of names) known.add(name);
  };
  const visitors: RecursiveVisitors<Around> = {
    StaticBlock: (node, _around, next) => base.StaticBlock?.(node, { block: node, variables: node }, next),
    Function: (node, around, next) => {
      declare(node, node.params.flatMap(patternNames));
      if (node.type !== 'ArrowFunctionExpression') declare(node, ['arguments']);
      if (node.type === 'FunctionExpression' && node.id) declare(node, [node.id.name]);
      if (node.type === 'FunctionDeclaration' && node.id) {
        declare(around.block, [node.id.name]);
        // In sloppy code a function in a block is also a variable of the function around it.
        declare(around.variables, [node.id.name]);
      }
      base.Function?.(node, { block: node, variables: node }, next);
    },
    Class: (node, around, next) => {
      if (node.id) declare(node, [node.id.name]);
      if (node.id && node.type === 'ClassDeclaration') declare(around.block, [node.id.name]);
      base.Class?.(node, around, next);
    },
    CatchClause: (node, around, next) => {
      declare(node, patternNames(node.param ?? null));
      base.CatchClause?.(node, around, next);
    },
    VariableDeclaration: (node, around, next) => {
      const scope = node.kind === 'var' ? around.variables : around.block;
      for (const { id } of node.declarations) declare(scope, patternNames(id));
      base.VariableDeclaration?.(node, around, next);
    },
  };
  for (const type of blocks) {
    visitors[type] = (node: Node, { variables }: Around, next: WalkerCallback<Around>) =>
      base[type]?.(node as never, { block: node, variables }, next);
  }
  recursive(root, { block: root, variables: root }, visitors);
  return declared;
}
