import type * as Acorn from 'acorn';
import { getLineInfo } from 'acorn';
import type { ValidationIssue } from '../../errors/index.ts';
import { position } from '../../serverless/validation/issue.ts';
import { BoundedParser, TooDeepError } from './bounded-parser.ts';

export interface Parsed {
  /** What was parsed: the source behind one character. */
  text: string;
  program: Acorn.Program;
  /** The function; `undefined` if its place in the source can't be told. */
  handler: Acorn.AnyNode | undefined;
}

const tooDeep = 'the code is nested too deeply to be checked';

/** The stack ended in the parser or in a check. */
export const stackIssue: ValidationIssue = { message: tooDeep, path: ['code'], line: 1, column: 1 };

/**
 * Parses the source the way the engine will see it: one expression in parentheses, or an ES module that exports its
 * function as `default` or `handler`.
 */
export function parseFunction(code: string): Parsed | ValidationIssue {
  const text = `(${code}\n)`;
  try {
    const program = BoundedParser.parse(text, { ecmaVersion: 'latest', sourceType: 'script' });
    const [statement, second] = program.body;
    // A source like `a) + (b` closes the parenthesis it was put in: then the expression starts before the source.
    if (second || statement?.type !== 'ExpressionStatement' || statement.expression.start === 0) {
      return { message: 'the code must be a single function expression', path: ['code'], line: 1, column: 1 };
    }
    return { text, program, handler: statement.expression };
  } catch (error) {
    if (error instanceof TooDeepError) return issueAt(text, error.offset, tooDeep);
    return parseModule(code) ?? syntaxIssue(code, error);
  }
}

function issueAt(text: string, offset: number, message: string): ValidationIssue {
  const { line, column } = getLineInfo(text, offset);
  return { message, path: ['code'], ...position(line, column) };
}

function syntaxIssue(code: string, error: unknown): ValidationIssue {
  if (!(error instanceof SyntaxError)) throw error;
  if (/^Not enough stack/.test(error.message)) return stackIssue;
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

/** The source as a module; undefined if it is none. */
function parseModule(code: string): Parsed | ValidationIssue | undefined {
  // The space stands where an expression has its parenthesis: positions are counted the same.
  const text = ` ${code}\n`;
  let program: Acorn.Program;
  try {
    program = BoundedParser.parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch (error) {
    if (error instanceof TooDeepError) return issueAt(text, error.offset, tooDeep);
    return undefined;
  }
  const imported = program.body.find((node) => 'source' in node && node.source);
  if (imported) {
    return issueAt(text, imported.start, 'the code imports another module; only what is in the code is there');
  }
  if (!program.body.some((node) => node.type.startsWith('Export'))) return undefined;
  const exported = exportedAs(program, 'default') ?? exportedAs(program, 'handler');
  if (exported) return { text, program, handler: exported === 'somewhere' ? undefined : exported };
  return { message: "the module exports neither 'default' nor 'handler'", path: ['code'], line: 1, column: 1 };
}

function exportedAs(program: Acorn.Program, name: string): Acorn.AnyNode | 'somewhere' | undefined {
  for (const node of program.body) {
    if (node.type === 'ExportDefaultDeclaration' && name === 'default') return node.declaration;
    if (node.type !== 'ExportNamedDeclaration') continue;
    const { declaration } = node;
    if (declaration?.type === 'VariableDeclaration') {
      const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
      if (found) return found.init ?? 'somewhere';
    } else if (declaration?.id.name === name) {
      return declaration;
    }
    const named = ({ exported }: Acorn.ExportSpecifier) =>
      exported.type === 'Identifier' ? exported.name : exported.value;
    if (node.specifiers.some((specifier) => named(specifier) === name)) return 'somewhere';
  }
  return undefined;
}

/** Whether the value of an expression is a function, as far as that can be seen without running it. */
export function isFunctionValue(expression: Acorn.AnyNode | undefined): 'yes' | 'no' | 'unknown' {
  switch (expression?.type) {
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return 'yes';
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'ClassExpression':
    case 'ClassDeclaration':
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'BinaryExpression':
      return 'no';
    default:
      return 'unknown';
  }
}
