import type * as Acorn from 'acorn';
import type { ValidationIssue } from '../../errors/index.ts';
import { position } from './issue.ts';

export interface Parsed {
  program: Acorn.Program;
  expression: Acorn.Expression;
}

/** Parses the source the way the engine will see it: one expression in parentheses. */
export async function parseFunction(code: string): Promise<Parsed | ValidationIssue> {
  const acorn = await import('acorn');
  try {
    const program = acorn.parse(`(${code}\n)`, { ecmaVersion: 'latest', sourceType: 'script', locations: true });
    const [statement, second] = program.body;
    // A source like `a) + (b` closes the parenthesis it was put in: then the expression starts before the source.
    if (second || statement?.type !== 'ExpressionStatement' || statement.expression.start === 0) {
      return { message: 'the code must be a single function expression', path: ['code'], line: 1, column: 1 };
    }
    return { program, expression: statement.expression };
  } catch (error) {
    return syntaxIssue(acorn, code, error);
  }
}

function syntaxIssue(acorn: typeof Acorn, code: string, error: unknown): ValidationIssue {
  if (error instanceof RangeError) {
    return { message: 'the code is nested too deeply', path: ['code'], line: 1, column: 1 };
  }
  if (!(error instanceof SyntaxError)) throw error;
  if (isModule(acorn, code)) {
    return { message: 'the code is an ES module; deploy a function expression', path: ['code'], line: 1, column: 1 };
  }
  const { loc } = error as SyntaxError & { loc?: Acorn.Position };
  const message = `syntax error: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`;
  if (!loc) return { message, path: ['code'] };
  const lines = code.split('\n');
  // The closing parenthesis is ours: an error there means that the source ended too early.
  if (loc.line > lines.length) {
    const last = lines.at(-1) ?? '';
    return {
      message: 'syntax error: unexpected end of the code',
      path: ['code'],
      line: lines.length,
      column: last.length + 1,
    };
  }
  return { message, path: ['code'], ...position(loc.line, loc.column) };
}

function isModule(acorn: typeof Acorn, code: string): boolean {
  try {
    const { body } = acorn.parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
    return body.some((node) => node.type.startsWith('Export') || node.type === 'ImportDeclaration');
  } catch {
    return false;
  }
}

/** Whether the value of an expression is a function, as far as that can be seen without running it. */
export function isFunctionValue(expression: Acorn.Expression): 'yes' | 'no' | 'unknown' {
  switch (expression.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return 'yes';
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'ClassExpression':
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'BinaryExpression':
      return 'no';
    default:
      return 'unknown';
  }
}

/** Source without what may follow an expression at the end of a file: semicolons and white space. */
export function trimFunction(code: string): string {
  let end = code.length;
  while (end > 0 && (code[end - 1] === ';' || code[end - 1]?.trim() === '')) end--;
  return code.slice(0, end);
}
