import type { ValidationIssue } from '../../errors/index.ts';
import { byPosition, listFindings, maxIssues } from '../../shared/check/findings.ts';
import { type CheckAnswer, type CheckRequest, type NamedPlace, onlyIssue } from '../../shared/check/protocol.ts';
import type { BuiltInRule, ValidationRule } from '../../shared/check/rules.ts';
import { given } from '../../shared/own.ts';
import type { Checker } from './checker.ts';
import { checkOwnRules } from './own-rules.ts';
import { growTree } from './tree.ts';

/** What is checked of a function's source when it is deployed. */
export interface ValidationOptions {
  /** Largest source in bytes; a tier may say less. Default 1 MiB. */
  maxCodeSize?: number | undefined;
  /**
   * What is refused. Default `['no-with', 'no-debugger']`; `'unknown-names'` makes errors of the names that are warnings
   * otherwise.
   */
  rules?: readonly (BuiltInRule | ValidationRule)[] | undefined;
  /** Look for names that neither the language nor the platform defines, see `Deployment.warnings`. Default true. */
  unknownNames?: boolean | undefined;
}

export interface ValidationResult
  extends Pick<CheckAnswer, 'syntax' | 'warnings' | 'names' | 'moreNames' | 'imports' | 'module' | 'exported'> {
  readonly issues: readonly ValidationIssue[];
}

export interface KnownNames extends Pick<CheckRequest, 'apis' | 'allowed'> {
  /** What the guest's `globalThis` has; `undefined`: not checked. */
  readonly globals: ReadonlySet<string> | undefined;
  /** Those of the given names that the guest has besides, by declarations of the platform. */
  readonly declared: (names: readonly string[]) => Promise<ReadonlySet<string>>;
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
    return onlyIssue({ message: `the code has ${size} bytes, the limit is ${maxSize} (codeSize)`, path: ['code'] });
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
  const tree = given(found, 'tree') as typeof found.tree;
  const ofRules = tree ? await checkOwnRules(await growTree(tree, code), own) : [];
  const asErrors = rules.includes('unknown-names');
  const declared = await known.declared(asErrors ? found.names.map(({ name }) => name) : []);
  const unknown = found.names.filter(({ name }) => !declared.has(name));
  const issues = [...found.issues, ...listFindings(code, ofRules), ...(asErrors ? unknown.map(tagged) : [])];
  const more = found.more + Math.max(0, ofRules.length - maxIssues) + (asErrors ? found.moreNames : 0);
  return {
    ...found,
    syntax: given(found, 'syntax') as typeof found.syntax,
    names: asErrors ? [] : unknown,
    moreNames: asErrors ? 0 : found.moreNames,
    issues: shorten(issues, more, 'issues'),
  };
}

const tagged = ({ name: _, message, ...place }: NamedPlace): ValidationIssue => ({
  message: `${message} (unknown-names)`,
  ...place,
});

/** The first ones in the order of the text, and how many more there are. */
export function shorten(
  issues: readonly ValidationIssue[],
  more: number,
  what: 'issues' | 'warnings',
): readonly ValidationIssue[] {
  const sorted = [...issues].sort(byPosition);
  const left = more + Math.max(0, issues.length - maxIssues);
  if (left === 0) return sorted;
  return [...sorted.slice(0, maxIssues), { message: `there are ${left} more ${what}`, path: ['code'] }];
}
