import type { AnyNode, ImportExpression } from 'acorn';
import { full, fullAncestor } from 'acorn-walk';
import type { Finding } from '../../shared/check/findings.ts';

/** An `import()` of a module that can't be there. */
export interface MissingImport extends Finding {
  readonly specifier: string;
  /** Whenever the function is called, this is evaluated and fails. */
  readonly certain: boolean;
}

/** What evaluates what is in it, whatever happens, and does nothing about a failure. */
const straight: ReadonlySet<string> = new Set([
  'BlockStatement',
  'ExpressionStatement',
  'ReturnStatement',
  'VariableDeclaration',
  'VariableDeclarator',
  'AwaitExpression',
]);

export function missingImports(root: AnyNode, handler: AnyNode | undefined): MissingImport[] {
  const found: MissingImport[] = [];
  fullAncestor(root, (walked, _state, ancestors) => {
    const node = walked as AnyNode;
    if (node.type !== 'ImportExpression') return;
    const { source } = node;
    // Its own module is there.
    if (source.type !== 'Literal' || typeof source.value !== 'string' || source.value.startsWith('function:')) return;
    const message = `import('${source.value}') fails: a function can load no other modules, bundle them into its code`;
    const certain = isCertain(node, ancestors as AnyNode[], handler);
    found.push({ specifier: source.value, message, offset: node.start, certain });
  });
  return found;
}

function isCertain(node: ImportExpression, ancestors: readonly AnyNode[], handler: AnyNode | undefined): boolean {
  const from = handler ? ancestors.indexOf(handler) : -1;
  if (from < 0 || !handler || !('params' in handler)) return false;
  const between = ancestors.slice(from + 1, -1);
  if (!between.every(({ type }) => straight.has(type))) return false;
  return between.every((block) => block.type !== 'BlockStatement' || !mayLeave(block, node));
}

/** Whether a block may be left before it comes to a node. */
function mayLeave(block: AnyNode, node: AnyNode): boolean {
  let leaves = false;
  full(block, ({ type, end }) => {
    if (end < node.start && (type === 'ReturnStatement' || type === 'ThrowStatement')) leaves = true;
  });
  return leaves;
}
