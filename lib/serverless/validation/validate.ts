import type { ValidationIssue } from '../../errors/index.ts';
import { given } from '../../options/own.ts';
import type { Checker } from './checker.ts';
import { byPosition, listFindings, maxIssues } from './issue.ts';
import { checkOwnRules } from './own-rules.ts';
import type { CheckRequest } from './protocol.ts';
import type { BuiltInRule, ValidationRule } from './rules.ts';
import { growTree } from './tree.ts';

export interface ValidationOptions {
  /** Largest source in bytes; a tier may say less. Default 1 MiB. */
  maxCodeSize?: number | undefined;
  /** Patterns that are refused. Default `['no-with', 'no-debugger']`. */
  rules?: readonly (BuiltInRule | ValidationRule)[] | undefined;
  /** Refuse names that neither the language nor the platform defines. Default true. */
  unknownNames?: boolean | undefined;
}

export interface ValidationResult {
  issues: readonly ValidationIssue[];
  /** It could not be seen whether the code is a function: it has to be evaluated. */
  mustEvaluate: boolean;
}

export interface KnownNames extends Pick<CheckRequest, 'apis' | 'allowed'> {
  /** What the guest's `globalThis` has; `undefined`: not checked. */
  readonly globals: ReadonlySet<string> | undefined;
}

/** Everything that can be said about the source of a tenant without running it. */
export async function validateCode(
  checker: Checker,
  tenantId: string,
  code: string,
  maxSize: number,
  known: KnownNames,
  rules: readonly (BuiltInRule | ValidationRule)[],
): Promise<ValidationResult> {
  const size = Buffer.byteLength(code);
  if (size > maxSize) {
    // Not parsed either: that would spend time on it.
    const message = `the code has ${size} bytes, the limit is ${maxSize} (codeSize)`;
    return { issues: [{ message, path: ['code'] }], mustEvaluate: false };
  }
  const own = rules.filter((rule) => typeof rule !== 'string');
  const found = await checker.check(tenantId, {
    code,
    apis: known.apis,
    allowed: known.allowed,
    globals: known.globals && [...known.globals],
    rules: rules.filter((rule) => typeof rule === 'string'),
    tree: own.length > 0,
  });
  const { mustEvaluate } = found;
  const tree = given(found, 'tree') as typeof found.tree;
  if (!tree) return { issues: shorten(found.issues, found.more), mustEvaluate };
  const text = ` ${code}\n`;
  const findings = await checkOwnRules(await growTree(tree, text), own);
  const issues = [...found.issues, ...listFindings(text, findings)].sort(byPosition);
  return { issues: shorten(issues, found.more + Math.max(0, findings.length - maxIssues)), mustEvaluate };
}

function shorten(issues: readonly ValidationIssue[], more: number): readonly ValidationIssue[] {
  const left = more + Math.max(0, issues.length - maxIssues);
  if (left === 0) return issues;
  return [...issues.slice(0, maxIssues), { message: `there are ${left} more issues`, path: ['code'] }];
}
