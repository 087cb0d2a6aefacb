import type { ValidationIssue } from '../shared/check/issue.ts';
import { nameError } from './brand.ts';
import { cut } from './brief.ts';
import { IsoletError, type IsoletErrorOptions } from './isolet-error.ts';

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
      `No function '${cut(functionName, 100)}' is deployed for tenant '${cut(tenantId, 100)}'. Call deploy() first.`,
    );
    this.tenantId = tenantId;
    this.functionName = functionName;
  }
}
nameError(FunctionNotFoundError, 'FunctionNotFoundError');

/** What of a function was asked for that it does not have; none of both: a version before the one in force. */
export interface WantedVersion {
  version?: string | undefined;
  alias?: string | undefined;
}

/** `invoke`, `rollback` or `setAlias` named a version or an alias that the function does not have. */
export class VersionNotFoundError extends IsoletError {
  readonly tenantId: string;
  readonly functionName: string;
  /** The version that was asked for, if one was. */
  declare readonly version?: string;
  /** The alias that was asked for, if one was. */
  declare readonly alias?: string;

  constructor(tenantId: string, functionName: string, wanted: WantedVersion) {
    const { version, alias } = wanted;
    const [kind, id] = alias !== undefined ? ['alias', alias] : ['version', version];
    const missing = id === undefined ? 'earlier version' : `${kind} '${cut(id, 100)}'`;
    const advice =
      alias !== undefined
        ? 'setAlias() makes one.'
        : 'versions() lists those that are kept; maxVersions says how many.';
    super(
      'ERR_ISOLET_VERSION_NOT_FOUND',
      `Function '${cut(functionName, 100)}' of tenant '${cut(tenantId, 100)}' has no ${missing}. ${advice}`,
    );
    this.tenantId = tenantId;
    this.functionName = functionName;
    if (version !== undefined) this.version = version;
    if (alias !== undefined) this.alias = alias;
  }
}
nameError(VersionNotFoundError, 'VersionNotFoundError');

/**
 * A function of the platform's own that isolet asks threw, rejected, gave no answer in time or one without sense. It is
 * nobody's fault among the tenants, and counts against none.
 */
export class PlatformError extends IsoletError {
  /** The option that the function was given as: `tenantTier` or `rateLimiter`. */
  readonly option: string;

  /** @param options - `cause`: what it threw or rejected with. */
  constructor(message: string, option: string, options?: IsoletErrorOptions) {
    super('ERR_ISOLET_PLATFORM', message, options);
    this.option = option;
  }
}
nameError(PlatformError, 'PlatformError');

/** What took away that for which something was asked: another version, or the end of the function. */
export type SupersededReason = 'replaced' | 'undeployed';

/**
 * A later call took away what this one was for: the version an invocation waited for was replaced, or its function was
 * undeployed, for longer than it may go on; or a function was undeployed while it was being deployed. Nothing was
 * started, nothing came into force.
 */
export class SupersededError extends IsoletError {
  readonly reason: SupersededReason;

  constructor(message: string, reason: SupersededReason) {
    super('ERR_ISOLET_SUPERSEDED', message, { retryable: reason === 'replaced' });
    this.reason = reason;
  }
}
nameError(SupersededError, 'SupersededError');

/**
 * Why a handler could not do what was asked. `'missing'`: the function has no such method, or none that `invoke` could call
 * without `method`. `'web'`: it has no web APIs, which a Request needs. `'response'`: its `fetch` answered no Response, or
 * one that can't be sent. `'upgrade'`: the request asks for a WebSocket; nothing was started. `'body'`: the body of a
 * request is no JSON although its type says so; the function was not called.
 */
export type HandlerReason = 'missing' | 'web' | 'response' | 'upgrade' | 'body';

/** A function has no handler for what was asked of it, or its handler answered what is no answer. */
export class HandlerError extends IsoletError {
  readonly reason: HandlerReason;

  constructor(message: string, reason: HandlerReason) {
    super('ERR_ISOLET_HANDLER', message);
    this.reason = reason;
  }
}
nameError(HandlerError, 'HandlerError');

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
