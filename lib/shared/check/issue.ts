/** One thing that is wrong with a specification or an event. */
export interface ValidationIssue {
  readonly message: string;
  /** Where in the checked value, outermost key first. */
  readonly path?: readonly PropertyKey[] | undefined;
  /** Position in the function's source, counted from 1, when the issue is about source text. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}
