import type * as Acorn from 'acorn';
import { getLineInfo, tokTypes } from 'acorn';
import type { ValidationIssue } from '../../shared/check/issue.ts';
import { headEnd } from '../../shared/code-head.ts';
import { BoundedParser, TooDeepError } from './bounded-parser.ts';
import { exportedAs, someNode } from './exported.ts';
import { moduleIssue, statementsIssue } from './no-form.ts';
import { adviceAt } from './other-languages.ts';

export interface Parsed {
  readonly form: 'expression' | 'commonjs' | 'module';
  readonly program: Acorn.Program;
  /** The function, or what should be one; `undefined` if its place in the source can't be told. */
  readonly handler: Acorn.AnyNode | undefined;
}

/** Why there is nothing to check. `syntax`: this parser does not know better. */
export interface Refused {
  readonly issue: ValidationIssue;
  readonly syntax: boolean;
}

const tooDeep = 'the code is nested too deeply to be checked';

/** The stack ended in the parser or in a check. */
export const stackIssue: ValidationIssue = { message: tooDeep, path: ['code'], line: 1, column: 1 };

export function issueAt(code: string, offset: number, message: string): ValidationIssue {
  const { line, column } = getLineInfo(code, offset);
  return { message, path: ['code'], line, column: column + 1 };
}

/** Parses the source as each of the forms that a function may have. */
export function parseFunction(code: string): Parsed | Refused {
  const failures: SyntaxError[] = [];
  for (const parse of [parseExporting, parseScript, parseExpression, parseModule]) {
    try {
      const parsed = parse(code);
      if (parsed) return parsed;
    } catch (error) {
      if (error instanceof TooDeepError) return { issue: issueAt(code, error.offset, tooDeep), syntax: false };
      if (!(error instanceof SyntaxError)) throw error;
      if (/^Not enough stack/.test(error.message)) return { issue: stackIssue, syntax: false };
      failures.push(error);
    }
  }
  // Where the parser got furthest it understood most.
  const worst = failures.reduce((a, b) => (offsetOf(b) > offsetOf(a) ? b : a));
  return { issue: syntaxIssue(code, worst), syntax: true };
}

const options = { ecmaVersion: 'latest', allowReturnOutsideFunction: true } as const;

const offsetOf = (error: SyntaxError): number => (error as SyntaxError & { pos?: number }).pos ?? 0;

function syntaxIssue(code: string, error: SyntaxError): ValidationIssue {
  const offset = Math.min(offsetOf(error), code.length);
  const unexpected = /^Unexpected (?:token|character)/.test(error.message);
  const awaited = unexpected ? /\bawait\s+$/.exec(code.slice(Math.max(0, offset - 100), offset)) : null;
  if (awaited) return issueAt(code, offset - awaited[0].length, "syntax error: 'await' outside of an async function");
  const ended = offset === code.length && unexpected;
  const message = ended ? 'unexpected end of the code' : error.message.replace(/ \(\d+:\d+\)$/, '');
  return issueAt(code, offset, `syntax error: ${withCharacter(message, code, offset)}${adviceAt(code, offset)}`);
}

/** The parser's message with the character that is there; one that nobody could see is told by its number. */
function withCharacter(message: string, code: string, offset: number): string {
  if (!/^Unexpected character/.test(message)) return message;
  const char = code.codePointAt(offset) as number;
  const text = String.fromCodePoint(char);
  const shown = /[\p{C}\p{Z}]/u.test(text) ? `U+${char.toString(16).toUpperCase().padStart(4, '0')}` : `'${text}'`;
  return `Unexpected character ${shown}`;
}

const refuse = (issue: ValidationIssue): Refused => ({ issue, syntax: false });

/** Statements: a function and nothing else, or a CommonJS module. */
function parseScript(code: string): Parsed | Refused | undefined {
  const program = BoundedParser.parse(code, { ...options, sourceType: 'script' });
  const statements = program.body.filter((node) => node.type !== 'EmptyStatement' && !isDirective(node));
  const [first, second] = statements;
  if (!first) {
    return refuse(issueAt(code, 0, 'the code is empty; write a function, (event, context) => …, or export one'));
  }
  // `{ fetch: () => 1 }` is an object that was read as a block.
  if (first.type === 'BlockStatement' && !second && !(usesExports(program) && !isExpression(code))) return undefined;
  if (second || !isValue(first)) {
    if (usesExports(program)) return { form: 'commonjs', program, handler: undefined };
    return refuse(issueAt(code, (second ?? first).start, statementsIssue(statements)));
  }
  const handler = first.type === 'ExpressionStatement' ? first.expression : first;
  return { form: assignsExports(handler) ? 'commonjs' : 'expression', program, handler };
}

const isDirective = (node: Acorn.AnyNode): boolean => 'directive' in node && /^use /.test(String(node.directive));

const isValue = ({ type }: Acorn.AnyNode): boolean =>
  type === 'ExpressionStatement' || type === 'FunctionDeclaration' || type === 'ClassDeclaration';

function isExpression(code: string): boolean {
  try {
    return parseExpression(code).form === 'expression';
  } catch {
    return false;
  }
}

const isExports = (node: Acorn.AnyNode | null | undefined): boolean =>
  node?.type === 'Identifier' && (node.name === 'exports' || node.name === 'module');

/** Whether the source has `exports` or `module` anywhere. */
function usesExports(root: Acorn.AnyNode): boolean {
  return someNode(root, isExports);
}

/** Whether an expression can only be meant as the whole of a CommonJS module. */
function assignsExports(expression: Acorn.AnyNode): boolean {
  switch (expression.type) {
    case 'SequenceExpression':
      return expression.expressions.some(assignsExports);
    case 'AssignmentExpression':
      return assignsExports(expression.left) || assignsExports(expression.right);
    case 'MemberExpression':
      return isExports(expression.object) || assignsExports(expression.object);
    case 'CallExpression':
      return expression.arguments.some(isExports);
    default:
      return false;
  }
}

/** What is no statement: a function or class without a name, an object. */
function parseExpression(code: string): Parsed {
  const start = headEnd(code);
  const parser = new ExpressionParser({ ...options, sourceType: 'script' }, code, start);
  const expression = parser.parseWhole(/["']use strict["']/.test(code.slice(0, start)));
  const statement = { type: 'ExpressionStatement', start, end: expression.end, expression } as const;
  const program: Acorn.Program = { type: 'Program', start, end: code.length, body: [statement], sourceType: 'script' };
  return { form: 'expression', program, handler: expression };
}

interface ParserInternals {
  strict: boolean;
  type: Acorn.TokenType;
  nextToken(): void;
  next(): void;
  unexpected(): never;
  parseExpression(): Acorn.Expression;
}

/** An expression, and after it nothing but semicolons. */
const ExpressionParser = BoundedParser.extend(
  (Base) =>
    class extends Base {
      parseWhole(strict: boolean): Acorn.Expression {
        const self = this as unknown as ParserInternals;
        if (strict) self.strict = true;
        self.nextToken();
        const expression = self.parseExpression();
        while (self.type === tokTypes.semi) self.next();
        if (self.type !== tokTypes.eof) self.unexpected();
        return expression;
      }
    },
) as unknown as new (
  options: Acorn.Options,
  code: string,
  start: number,
) => { parseWhole(strict: boolean): Acorn.Expression };

/** Where a statement may begin. */
const exportsSomething = /^\s*export\b|[;}]\s*export\s*[{*]/m;

/**
 * What exports is nothing else than a module. The end of a bundle is where that stands mostly: to read it as something
 * else first would be to read nearly all of it twice.
 */
function parseExporting(code: string): Parsed | Refused | undefined {
  if (!exportsSomething.test(code)) return undefined;
  try {
    const program = readModule(code);
    if (program.body.some(({ type }) => /^Export/.test(type))) return judgeModule(code, program);
  } catch {
    // Whatever is wrong is found again, and how far the others get.
  }
  return undefined;
}

/** The source as an ES module; undefined if it has nothing of one. */
function parseModule(code: string): Parsed | Refused | undefined {
  if (!/\b(?:export|import|await)\b/.test(code)) return undefined;
  return judgeModule(code, readModule(code));
}

const readModule = (code: string): Acorn.Program =>
  BoundedParser.parse(code, { ...options, allowReturnOutsideFunction: false, sourceType: 'module' });

function judgeModule(code: string, program: Acorn.Program): Parsed | Refused {
  const imported = program.body.find((node) => 'source' in node && node.source);
  if (imported) {
    const message =
      'the code imports another module; only what is in the code is there: bundle it, for example with `esbuild --bundle --format=esm`';
    return refuse(issueAt(code, imported.start, message));
  }
  const [exported, other] = ['default', 'handler', 'fetch']
    .map((name) => exportedAs(program, name))
    .filter((found) => found !== undefined);
  if (exported) return { form: 'module', program, handler: exported === 'somewhere' || other ? undefined : exported };
  const { offset, message } = moduleIssue(program);
  return refuse(issueAt(code, offset, message));
}
