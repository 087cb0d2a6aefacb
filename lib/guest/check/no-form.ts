import type { AnyNode, Statement } from 'acorn';

/** What to write instead of statements that export nothing. */
export function statementsIssue(statements: readonly (Statement | AnyNode)[]): string {
  const calls = statements.map(calledName);
  if (calls.includes('addEventListener')) {
    return "the code listens to 'fetch'; write `export default { async fetch(event) { … } }` instead";
  }
  if (calls.some((name) => name === 'define' || name === 'System.register')) {
    return 'the code is an AMD or System module; build it as an ES module or as CommonJS';
  }
  const name = statements.map(functionName).findLast((found) => found !== undefined);
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
