import type * as Acorn from 'acorn';

/** What a module exports under a name; `'somewhere'` if its place can't be told. */
export function exportedAs(program: Acorn.Program, name: string): Acorn.AnyNode | 'somewhere' | undefined {
  const named = ({ exported }: Acorn.ExportSpecifier) =>
    exported.type === 'Identifier' ? exported.name : exported.value;
  for (const node of program.body) {
    if (node.type === 'ExportDefaultDeclaration' && name === 'default') return node.declaration;
    if (node.type !== 'ExportNamedDeclaration') continue;
    const { declaration } = node;
    if (declaration?.type === 'VariableDeclaration') {
      const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
      if (found) return found.init ?? 'somewhere';
      if (declaration.declarations.some(({ id }) => declaresInPattern(id, name))) return 'somewhere';
    } else if (declaration?.id.name === name) {
      return declaration;
    }
    if (node.specifiers.some((specifier) => named(specifier) === name)) return 'somewhere';
  }
  return undefined;
}

/** Whether a destructuring pattern has a name in it. */
const declaresInPattern = (pattern: Acorn.Pattern, name: string): boolean =>
  pattern.type !== 'Identifier' && someNode(pattern, (node) => node.type === 'Identifier' && node.name === name);

/** Whether there is such a node in a tree. */
export function someNode(value: unknown, test: (node: Acorn.AnyNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => someNode(item, test));
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return test(value as Acorn.AnyNode) || Object.values(value).some((child) => someNode(child, test));
}
