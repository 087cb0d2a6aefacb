import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

/** One thing that is wrong with a specification or an event. */
export interface ValidationIssue {
  readonly message: string;
  /** Where in the checked value, outermost key first. */
  readonly path?: readonly PropertyKey[] | undefined;
  /** Position in the function's source, counted from 1, when the issue is about source text. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A function specification or an event did not pass validation. */
export class ValidationError extends IsoletError {
  /** Everything that was found wrong, never empty. */
  readonly issues: readonly ValidationIssue[];

  constructor(message: string, issues: readonly ValidationIssue[] = [{ message }], options?: ErrorOptions) {
    super('ERR_ISOLET_VALIDATION', message, options);
    this.issues = issues;
  }
}
nameError(ValidationError, 'ValidationError');

/** `invoke` or `undeploy` named a function that is not deployed. */
export class FunctionNotFoundError extends IsoletError {
  readonly tenantId: string;
  readonly functionName: string;

  constructor(tenantId: string, functionName: string) {
    super(
      'ERR_ISOLET_FUNCTION_NOT_FOUND',
      `No function '${functionName}' is deployed for tenant '${tenantId}'. Call deploy() first.`,
    );
    this.tenantId = tenantId;
    this.functionName = functionName;
  }
}
nameError(FunctionNotFoundError, 'FunctionNotFoundError');

/** A tenant made more calls than its rate limit allows. */
export class RateLimitError extends IsoletError {
  /** Milliseconds after which a call will be accepted again. */
  readonly retryAfter: number;
  /** Calls that are allowed per window, bursts aside. */
  declare readonly limit?: number;
  /** The window, in milliseconds. */
  declare readonly per?: number;

  constructor(message: string, retryAfter: number, rate: { limit?: number; per?: number } = {}) {
    super('ERR_ISOLET_RATE_LIMIT', message);
    this.retryAfter = retryAfter;
    if (rate.limit !== undefined) this.limit = rate.limit;
    if (rate.per !== undefined) this.per = rate.per;
  }
}
nameError(RateLimitError, 'RateLimitError');
