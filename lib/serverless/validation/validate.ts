import type { ValidationIssue } from '../../errors/index.ts';
import type { FunctionSpec } from '../spec.ts';
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
  const isFunction = isFunctionValue(parsed.expression);
  if (isFunction === 'no') {
    issues.push({
      message: `the code is not a function but a ${parsed.expression.type}`,
      path: ['code'],
      line: 1,
      column: 1,
    });
  }
  return { issues: issues.sort(byPosition), mustEvaluate: isFunction === 'unknown' };
}

/** Longest tenant id or function name, in characters. */
const maxName = 256;
/** Largest environment, names and values together, in bytes. */
const maxEnv = 65_536;
/** A shorter value would be found by chance in ordinary text and could not be taken out of logs. */
const minSecret = 4;

/** What is wrong with a specification beside its code and its limits. */
export function validateFields(spec: FunctionSpec): ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  for (const field of ['tenantId', 'name'] as const) {
    const value: unknown = spec[field];
    if (typeof value !== 'string' || value === '' || value.length > maxName || /\p{Cc}/u.test(value)) {
      issues.push({
        path: [field],
        message: `${field} must be a string of 1 to ${maxName} characters without control characters`,
      });
    }
  }
  if (typeof (spec.code as unknown) !== 'string') issues.push({ path: ['code'], message: 'code must be a string' });
  if (spec.reuse !== undefined && spec.reuse !== 'warm' && spec.reuse !== 'fresh') {
    issues.push({ path: ['reuse'], message: "reuse must be 'warm' or 'fresh'" });
  }
  let size = 0;
  for (const field of ['env', 'secrets'] as const) {
    for (const [key, value] of Object.entries(spec[field] ?? {})) {
      size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
      if (typeof value !== 'string') issues.push({ path: [field, key], message: `${field}.${key} must be a string` });
      else if (field === 'secrets' && value.length < minSecret) {
        issues.push({ path: [field, key], message: `secret '${key}' must have at least ${minSecret} characters` });
      }
      if (field === 'secrets' && Object.hasOwn(spec.env ?? {}, key)) {
        issues.push({ path: [field, key], message: `'${key}' is in env as well` });
      }
    }
  }
  if (size > maxEnv)
    issues.push({ path: ['env'], message: `env and secrets have ${size} bytes, the limit is ${maxEnv}` });
  return issues;
}
