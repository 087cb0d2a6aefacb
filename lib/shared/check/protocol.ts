import type { ValidationIssue } from './issue.ts';
import type { BuiltInRule } from './rules.ts';

/** What the checker's guest is asked about one source. */
export interface CheckRequest {
  readonly code: string;
  /** Full names of the platform's APIs: `log`, `kv.get`. */
  readonly apis: readonly string[];
  /** The part of them this function may use; `undefined` = all. */
  readonly allowed: readonly string[] | undefined;
  /** What the guest's `globalThis` has beside them; `undefined`: not checked. */
  readonly globals: readonly string[] | undefined;
  readonly rules: readonly BuiltInRule[];
  /** Whether the platform has rules of its own, which need the syntax tree. */
  readonly tree: boolean;
}

/** A name that may be missing. */
export interface NamedPlace extends ValidationIssue {
  readonly name: string;
}

export interface CheckAnswer {
  /** In the order of the text, at most `maxIssues`. */
  readonly issues: readonly ValidationIssue[];
  /** How many issues there are beyond those. */
  readonly more: number;
  /** The parser does not understand the code: V8 has the last word. */
  readonly syntax?: ValidationIssue | undefined;
  /** What can't be decided, each at most `maxIssues`. */
  readonly warnings: readonly ValidationIssue[];
  readonly names: readonly NamedPlace[];
  /** How many names there are beyond those. */
  readonly moreNames: number;
  /** Every `import()`, for the place of the one that fails. */
  readonly imports: readonly { readonly specifier: string; readonly line: number; readonly column: number }[];
  /** It exports something, as only an ES module can. */
  readonly module: boolean;
  /** Where a module exports what should be a function, if that is one place. */
  readonly exported: readonly { readonly line: number; readonly column: number }[];
  /** The nodes of the syntax tree in pieces of JSON, children before their parents; see tree.ts. */
  readonly tree?: readonly string[];
}

export const onlyIssue = (issue: ValidationIssue): CheckAnswer => ({
  issues: [issue],
  more: 0,
  warnings: [],
  names: [],
  moreNames: 0,
  imports: [],
  module: false,
  exported: [],
});

/** Most nodes of a syntax tree that the platform's own rules get to see. */
export const maxTreeNodes = 200_000;
/** Deepest syntax tree that they get to see, in nodes. */
export const maxTreeDepth = 250;
