import type { ValidationIssue } from '../../errors/index.ts';
import { byPosition } from './issue.ts';
import { checkNames, type KnownNames } from './names.ts';
import { isFunctionValue, parseFunction } from './parse.ts';
import { type BuiltInRule, checkRules, type ValidationRule } from './rules.ts';
import { freeNames } from './scope.ts';

export interface ValidationOptions {
  /** Largest source in bytes; a tier may say less. Default 1 MiB. */
  maxCodeSize?: number | undefined;
  /** Patterns that are refused. Default `['no-with', 'no-debugger']`. */
  rules?: readonly (BuiltInRule | ValidationRule)[] | undefined;
  /** Refuse names that neither the language nor the platform defines. Default true. */
  unknownNames?: boolean | undefined;
}

export interface ValidationResult {
  issues: ValidationIssue[];
  /** It could not be seen whether the code is a function: it has to be evaluated. */
  mustEvaluate: boolean;
}

/** Everything that can be said about the source without running it. */
export async function validateCode(
  code: string,
  maxSize: number,
  known: KnownNames,
  rules: readonly (BuiltInRule | ValidationRule)[],
): Promise<ValidationResult> {
  const size = Buffer.byteLength(code);
  if (size > maxSize) {
    // Not parsed either: that would spend the host's time on it.
    const message = `the code has ${size} bytes, the limit is ${maxSize} (codeSize)`;
    return { issues: [{ message, path: ['code'] }], mustEvaluate: false };
  }
  const parsed = await parseFunction(code);
  if ('message' in parsed) return { issues: [parsed], mustEvaluate: false };
  const walk = await import('acorn-walk');
  const free = freeNames(walk, parsed.program);
  const issues = [...checkRules(walk, parsed.program, free, rules), ...checkNames(free, known)];
  const isFunction = isFunctionValue(parsed.handler);
  if (isFunction === 'no') {
    issues.push({
      message: `the code is not a function but a ${parsed.handler?.type}`,
      path: ['code'],
      line: 1,
      column: 1,
    });
  }
  return { issues: issues.sort(byPosition), mustEvaluate: isFunction === 'unknown' };
}
