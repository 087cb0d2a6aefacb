import {
  HeapLimitError,
  JavaScriptError,
  ModuleError,
  ValidationError,
  type ValidationIssue,
} from '../errors/index.ts';
import type { ResolvedFunction } from '../pool/function.ts';
import { placeOfFailure } from '../pool/handler.ts';
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

/** What other platforms call to take a function, and what to write here. */
const registrations: Readonly<Record<string, string>> = {
  define: 'build the code as an ES module or as CommonJS and not as AMD',
  System: 'build the code as an ES module or as CommonJS and not for SystemJS',
  addEventListener: 'write `export default { async fetch(event) { … } }` instead',
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
  if (error instanceof ValidationError) return invalid(name, syntax ? [syntax] : error.issues, error);
  const guilty =
    error instanceof Error &&
    'code' in error &&
    /_(JAVASCRIPT|MODULE|MODULE_NOT_FOUND|TIMEOUT|HEAP_LIMIT|TRANSFER|TERMINATED)$/.test(String(error.code));
  if (!guilty) return error;
  const isSyntax = error instanceof JavaScriptError && error.name === 'SyntaxError';
  if (isSyntax && syntax) return invalid(name, [syntax], error);
  const place = error instanceof ModuleError ? placeOfImport(error, checked) : placeOfFailure(fn(), error);
  if (error instanceof HeapLimitError) {
    const message = `${phase} failed: it needs more than the ${error.limit / 2 ** 20} MiB of memoryMb`;
    return invalid(name, [{ message, path: ['code'] }], error);
  }
  const what = isSyntax && isOfText(error) ? 'syntax error' : `${phase} failed: ${error.name}`;
  const message = `${what}: ${error.message}${adviceFor(error)}`;
  return invalid(name, [{ message, path: ['code'], ...place }], error);
}

/** Whether V8 refused the text itself: then nothing has run that could be on the stack. */
const isOfText = ({ frames }: JavaScriptError): boolean => frames.every(({ functionName }) => functionName === null);

function placeOfImport({ specifier }: ModuleError, { imports }: ValidationResult) {
  const found = imports.find((place) => place.specifier === specifier);
  return found && { line: found.line, column: found.column };
}

function adviceFor({ name, message }: Error): string {
  const missing = name === 'ReferenceError' ? /^(\w+) is not defined$/.exec(message)?.[1] : undefined;
  const advice = missing !== undefined && Object.hasOwn(registrations, missing) ? registrations[missing] : undefined;
  return advice === undefined ? '' : `; ${advice}`;
}
