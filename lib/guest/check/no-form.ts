import type { AnyNode, Program, Statement } from 'acorn';
import type { Finding } from '../../shared/check/findings.ts';
import { freeNames } from './scope.ts';

/** What to write instead of statements that export nothing. */
export function statementsIssue(statements: readonly (Statement | AnyNode)[]): string {
  const calls = statements.map(calledName);
  if (calls.some((name) => name === 'addEventListener' || name === 'self.addEventListener')) {
    return "the code listens to 'fetch'; write `export default { async fetch(request, env, ctx) { … } }` instead";
  }
  if (calls.some((name) => name === 'define' || name === 'System.register')) {
    return 'the code is an AMD or System module; build it as an ES module or as CommonJS';
  }
  if (statements.some(({ type }) => type === 'ReturnStatement')) {
    return 'the code must be a function expression or export a function: write `export default` instead of `return`';
  }
  const names = statements.map(functionName).filter((found) => found !== undefined);
  const name = names.at(-1) ?? statements.map(madeName).findLast((found) => found !== undefined);
  const advice =
    name === undefined
      ? 'write `export default` before the function'
      : `write \`export default ${name};\` after them, or \`export default\` before the function`;
  return `the code must be a function expression or export a function; it has only statements: ${advice}`;
}

function calledName(node: AnyNode): string | undefined {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return undefined;
  const { callee } = node.expression;
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined;
  return callee.property.type === 'Identifier' ? `${callee.object.name}.${callee.property.name}` : undefined;
}

const isFunction = (node: AnyNode | null | undefined): boolean =>
  node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression';

/** The name of a function that a statement declares. */
function functionName(node: AnyNode): string | undefined {
  if (node.type === 'FunctionDeclaration') return node.id?.name;
  if (node.type !== 'VariableDeclaration') return undefined;
  const found = node.declarations.find(({ id, init }) => id.type === 'Identifier' && isFunction(init));
  return found?.id.type === 'Identifier' ? found.id.name : undefined;
}

/** The name of a variable that has what a call makes. */
function madeName(node: AnyNode): string | undefined {
  if (node.type !== 'VariableDeclaration') return undefined;
  const found = node.declarations.find(({ id, init }) => id.type === 'Identifier' && init?.type === 'CallExpression');
  return found?.id.type === 'Identifier' ? found.id.name : undefined;
}

/** What a module without a handler has to write. */
export function moduleIssue(program: Program): Finding {
  const { body } = program;
  const exports = body.filter(({ type }) => type.startsWith('Export'));
  const mixed = freeNames(program).find(({ name }) => name === 'exports' || name === 'module');
  if (mixed) {
    const reason = exports.length > 0 ? 'export' : 'await` or `import.meta';
    const message = `the code is an ES module because of its \`${reason}\`, which has no \`${mixed.name}\`; write \`export default\` instead`;
    return { offset: mixed.offset, message };
  }
  if (exports.length === 0) {
    const message = 'the code is a module without exports; write `export default` before its function';
    return { offset: 0, message };
  }
  const names = exports.flatMap((node) =>
    node.type === 'ExportNamedDeclaration' && node.declaration ? (functionName(node.declaration) ?? []) : [],
  );
  const advice = names.length === 1 ? `\`export { ${names[0]} as handler };\`` : '`export default` before its function';
  return {
    offset: exports[0]?.start ?? 0,
    message: `the module exports neither 'default' nor 'handler' nor 'fetch'; write ${advice}`,
  };
}

/** What a value is that is not a function and has none, as far as that can be seen without running it. */
export function valueKind(expression: AnyNode | undefined): string | undefined {
  switch (expression?.type) {
    case 'Literal':
      if ('regex' in expression) return 'a regular expression';
      return expression.value === null && !('bigint' in expression) ? 'null' : `a ${typeof expression.value}`;
    case 'TemplateLiteral':
      return 'a string';
    case 'ArrayExpression':
      return 'an array';
    case 'ClassExpression':
    case 'ClassDeclaration':
      return 'a class';
    default:
      return undefined;
  }
}
