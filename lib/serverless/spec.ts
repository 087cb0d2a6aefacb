import type { ValidationIssue } from '../errors/index.ts';
import { functionFields } from '../pool/function/check-function.ts';
import type { PoolFunction } from '../pool/function/pool-function.ts';

/**
 * A function to deploy. Limits left out are the tier's; limits given must be within the tier's.
 *
 * @example
 * ```js
 * await serverless.deploy({
 *   tenantId: 'acme',
 *   name: 'greet',
 *   code: 'async (event, context) => `Hello ${event.name} from ${context.env.CITY}`',
 *   env: { CITY: 'Bern' },
 * });
 * ```
 */
export interface FunctionSpec extends Omit<PoolFunction, 'version'> {
  /** Name of the tier whose limits apply. Default: the tenant's. */
  tier?: string | undefined;
  /** Runtimes to make before the version is activated; `true` is one. Default none. */
  prewarm?: boolean | number | undefined;
  /** Run the function, or with `method` a handler of it, on this event, under its limits and in a runtime of its own, before it is activated. */
  dryRun?: { event: unknown; method?: string | undefined } | undefined;
  /**
   * This code has been deployed before, and you can prove it: its text is not checked and it is not loaded ahead, so
   * there are no warnings, and what is wrong with it is found by its first invocation. For a service that starts again
   * with what it has kept. Default false.
   */
  checked?: boolean | undefined;
}

/** One immutable version of a function. */
export interface Deployment {
  readonly tenantId: string;
  readonly functionName: string;
  /** Names the content: the same code with the same settings is the same version. */
  readonly version: string;
  /** ms since the epoch. */
  readonly deployedAt: number;
  /** The tier whose limits it got; `undefined` without tiers. */
  readonly tier: string | undefined;
  /** Bytes of source. */
  readonly codeSize: number;
  /** What it may use. */
  readonly limits: DeploymentLimits;
  /** What its code finds in `context.env`, without the secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Names only: the values are for the guest alone. */
  readonly secretNames: readonly string[];
  /** The platform APIs it may use; `undefined`: all. */
  readonly apis: readonly string[] | undefined;
  /**
   * What may be wrong with the code and can't be known from its text, with line and column: names that nothing defines,
   * platform APIs that are not there, modules that can't be imported. At most 100, and how many more there are.
   */
  readonly warnings: readonly ValidationIssue[];
  /** Whether invocations that name neither version nor alias get this version. */
  readonly active: boolean;
  /** The aliases that send it a share of their invocations. */
  readonly aliases: readonly string[];
}

/** The limits that hold for a version: what its specification asks for, within its tier. See {@link FunctionSpec}. */
export interface DeploymentLimits {
  /** MiB. */
  readonly memoryMb: number;
  /** ms, as all times here. */
  readonly timeout: number;
  /** 0: only `timeout` applies. */
  readonly cpuTimeout: number;
  readonly loadTimeout: number;
  /** 0: only `loadTimeout` applies. */
  readonly loadCpuTimeout: number;
  readonly streamTimeout: number;
  /** 0: only `streamTimeout` applies. */
  readonly streamCpuTimeout: number;
  readonly lateTimeout: number;
  /** 0: only `lateTimeout` applies. */
  readonly lateCpuTimeout: number;
  /** Calls to platform APIs of one invocation. */
  readonly maxHostCalls: number;
  /** Bytes of log text of one invocation. */
  readonly maxLogBytes: number;
}

const own: Record<Exclude<keyof FunctionSpec, keyof PoolFunction>, true> = {
  tier: true,
  prewarm: true,
  dryRun: true,
  checked: true,
};

/** Every field a specification may have. */
export const specFields: readonly string[] = [
  ...functionFields.filter((field) => field !== 'version'),
  ...Object.keys(own),
];
