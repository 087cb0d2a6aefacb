import {
  HeapLimitError,
  JavaScriptError,
  ModuleError,
  ValidationError,
  type ValidationIssue,
} from '../errors/index.ts';
import { placeOfFailure } from '../pool/code/handler.ts';
import type { ResolvedFunction } from '../pool/function/resolved-function.ts';
import type { ValidationResult } from './validation/validate.ts';

/** The error of a deployment, with everything that is wrong. */
export function invalid(name: string, issues: readonly ValidationIssue[], cause?: unknown): ValidationError {
  const [first] = issues;
  const where = first?.line === undefined ? '' : ` (line ${first.line}, column ${first.column})`;
  const others = issues.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more issue${others === 1 ? '' : 's'})`;
  const options = cause === undefined ? undefined : { cause };
  return new ValidationError(`${name} can't be deployed: ${first?.message}${where}${more}`, issues, options);
}

/** Names that are missing where code was written for other platforms or forms, and what to write here. */
const instead: Readonly<Record<string, string>> = {
  define: 'build the code as an ES module or as CommonJS and not as AMD',
  System: 'build the code as an ES module or as CommonJS and not for SystemJS',
  await: '`await` outside of functions needs an ES module: write `export default` before the function',
  Bun: 'write `export default { async fetch(request, env, ctx) { … } }` instead',
  Deno: 'write `export default { async fetch(request, env, ctx) { … } }` instead',
  self: 'write `globalThis`, or for a listener `export default { async fetch(request, env, ctx) { … } }`',
  addEventListener: 'write `export default { async fetch(request, env, ctx) { … } }` instead',
};

/**
 * What the guest did wrong becomes an issue; a full pool or a closed one stays what it is.
 *
 * @param fn - What was loaded.
 * @param checked - What was said of its code before.
 */
export function failedToLoad(
  name: string,
  error: unknown,
  phase: string,
  fn: () => ResolvedFunction,
  checked: ValidationResult,
): unknown {
  const { syntax } = checked;
  if (error instanceof ValidationError) {
    const place = placeIn(checked.exported[0]);
    return invalid(name, syntax ? [syntax] : error.issues.map((issue) => ({ ...issue, ...place })), error);
  }
  const guilty =
    error instanceof Error &&
    'code' in error &&
    /_(JAVASCRIPT|MODULE|MODULE_NOT_FOUND|TIMEOUT|HEAP_LIMIT|TRANSFER|TERMINATED|HANDLER)$/.test(String(error.code));
  if (!guilty) return error;
  const isSyntax = error instanceof JavaScriptError && error.name === 'SyntaxError';
  if (isSyntax && syntax) return invalid(name, [syntax], error);
  // Where the parser gave up is where what it does not know may be.
  const place =
    (error instanceof ModuleError ? placeOfImport(error, checked) : placeOfFailure(fn(), error)) ?? placeIn(syntax);
  if (error instanceof HeapLimitError) {
    const message = `${phase} failed: it needs more than the ${error.limit / 2 ** 20} MiB of memoryMb`;
    return invalid(name, [{ message, path: ['code'] }], error);
  }
  const message =
    isSyntax && isOfText(error) ? `syntax error: ${error.message}` : `${phase} failed: ${reasonOf(error)}`;
  return invalid(name, [{ message, path: ['code'], ...place }], error);
}

/** Whether V8 refused the text itself: then nothing has run that could be on the stack. */
const isOfText = ({ frames, stack }: JavaScriptError): boolean =>
  frames.every(({ functionName }) => functionName === null) && stack.split('\n    at ').length <= 2;

const placeIn = (found: Pick<ValidationIssue, 'line' | 'column'> | undefined) =>
  found && { line: found.line, column: found.column };

function placeOfImport({ specifier }: ModuleError, { imports }: ValidationResult) {
  const found = imports.find((place) => place.specifier === specifier);
  return found && { line: found.line, column: found.column };
}

/** What happened, and what to write instead where that is known. */
function reasonOf(error: Error): string {
  const { name, message } = error;
  if (error instanceof ModuleError) {
    return `Cannot find module '${error.specifier}': a function can load no other modules, bundle them into its code`;
  }
  if (error instanceof JavaScriptError && !(error.thrown instanceof Error) && message.startsWith('Uncaught ')) {
    return `it threw ${message.slice('Uncaught '.length)}`;
  }
  const missing = name === 'ReferenceError' ? /^(\w+) is not defined$/.exec(message)?.[1] : undefined;
  const advice = missing !== undefined && Object.hasOwn(instead, missing) ? instead[missing] : undefined;
  return `${name}: ${message}${advice === undefined ? '' : `; ${advice}`}`;
}
