import type { AnyNode, Node, Pattern } from 'acorn';
import { base, type WalkerCallback } from 'acorn-walk';
import { walkOf } from './walk.ts';

/** The names that each node brings into being for what is inside it; one may be there more than once. */
export type Declarations = ReadonlyMap<Node, readonly string[]>;

/** Where declarations at some place of the source go. */
interface Around {
  /** `let`, `const`, classes and functions. */
  readonly block: Node;
  /** `var`. */
  readonly variables: Node;
  readonly declared: Map<Node, string[]>;
}

function namesOf(scope: Node, { declared }: Around): string[] {
  let names = declared.get(scope);
  if (!names) {
    names = [];
    declared.set(scope, names);
  }
  return names;
}

function addNames(pattern: Pattern | null, names: string[]): void {
  if (!pattern) return;
  switch (pattern.type) {
    case 'Identifier':
      names.push(pattern.name);
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        addNames(property.type === 'RestElement' ? property.argument : property.value, names);
      }
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) addNames(element, names);
      break;
    case 'AssignmentPattern':
      addNames(pattern.left, names);
      break;
    case 'RestElement':
      addNames(pattern.argument, names);
      break;
  }
}

const inBlock = (type: 'BlockStatement' | 'ForStatement' | 'ForInStatement' | 'ForOfStatement' | 'SwitchStatement') => {
  const visit = base[type] as (node: Node, around: Around, next: WalkerCallback<Around>) => void;
  return (node: Node, { variables, declared }: Around, next: WalkerCallback<Around>) =>
    visit(node, { block: node, variables, declared }, next);
};

const walk = walkOf<Around>({
  BlockStatement: inBlock('BlockStatement'),
  ForStatement: inBlock('ForStatement'),
  ForInStatement: inBlock('ForInStatement'),
  ForOfStatement: inBlock('ForOfStatement'),
  SwitchStatement: inBlock('SwitchStatement'),
  StaticBlock: (node, { declared }, next) => base.StaticBlock?.(node, { block: node, variables: node, declared }, next),
  Function: (node, around, next) => {
    const names = namesOf(node, around);
    for (const param of node.params) addNames(param, names);
    if (node.type !== 'ArrowFunctionExpression') names.push('arguments');
    if (node.type === 'FunctionExpression' && node.id) names.push(node.id.name);
    if (node.type === 'FunctionDeclaration' && node.id) {
      namesOf(around.block, around).push(node.id.name);
      // In sloppy code a function in a block is also a variable of the function around it.
      if (around.variables !== around.block) namesOf(around.variables, around).push(node.id.name);
    }
    base.Function?.(node, { block: node, variables: node, declared: around.declared }, next);
  },
  Class: (node, around, next) => {
    if (node.id) namesOf(node, around).push(node.id.name);
    if (node.id && node.type === 'ClassDeclaration') namesOf(around.block, around).push(node.id.name);
    base.Class?.(node, around, next);
  },
  CatchClause: (node, around, next) => {
    addNames(node.param ?? null, namesOf(node, around));
    base.CatchClause?.(node, around, next);
  },
  VariableDeclaration: (node, around, next) => {
    const names = namesOf(node.kind === 'var' ? around.variables : around.block, around);
    for (const { id } of node.declarations) addNames(id, names);
    base.VariableDeclaration?.(node, around, next);
  },
});

export function declarations(root: AnyNode): Declarations {
  const declared = new Map<Node, string[]>();
  walk(root, { block: root, variables: root, declared });
  return declared;
}
