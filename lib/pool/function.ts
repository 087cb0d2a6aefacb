import { hash } from 'node:crypto';
import { maxMilliseconds } from '../options/check.ts';
import { invalidNumber } from '../options/invalid.ts';
import { withoutMark } from '../shared/code-head.ts';
import { nothing } from '../shared/own.ts';
import { checkFunction } from './check-function.ts';
import type { FunctionRef } from './events.ts';
import { Redactor } from './secrets/redactor.ts';

/**
 * What a pool needs to know about a function. `FunctionSpec` of the serverless layer is a superset.
 */
export interface PoolFunction {
  tenantId: string;
  name: string;
  /**
   * A function expression, `async (event, context) => …`, or an ES or CommonJS module that loads no others and exports
   * such a function. An object with a method `default`, `handler` or `fetch` will do for a function.
   */
  code: string;
  /** Heap limit of each runtime in MiB. Default 5. */
  memoryMb?: number | undefined;
  /** Wall-clock limit of one invocation in ms, waiting for a runtime not included. Default 5000. */
  timeout?: number | undefined;
  /** Limit on processor time of one invocation in ms. Default 0: only `timeout` applies. */
  cpuTimeout?: number | undefined;
  /**
   * Wall-clock limit in ms on loading: evaluating `code`, once in each runtime, up to the function it stands for. Default:
   * the pool's `loadTimeout`.
   */
  loadTimeout?: number | undefined;
  /** Limit on the processor time of loading in ms. Default 0: only `loadTimeout` applies. */
  loadCpuTimeout?: number | undefined;
  /**
   * How long, in ms from the answer on, an invocation may go on with the streams and promises in it. Reading a stream once,
   * or calling a function that was handed out, must not take longer than `timeout`. Default 60000.
   */
  streamTimeout?: number | undefined;
  /** Limit on the processor time of all that in ms; 0 is none. Default: `cpuTimeout`. */
  streamCpuTimeout?: number | undefined;
  /** Wall-clock limit in ms on what one invocation gives to `context.waitUntil`, from its answer on. Default 5000. */
  lateTimeout?: number | undefined;
  /** Limit in ms on the processor time of that. Default 0: only `lateTimeout` applies. */
  lateCpuTimeout?: number | undefined;
  /** Names this code; another version gets runtimes of its own. Default: a hash of `code` and its settings. */
  version?: string | undefined;
  /** What the guest finds in `context.env`. */
  env?: Readonly<Record<string, string>> | undefined;
  /**
   * Joined to `env` for the guest; never part of lists, logs or errors, where `[redacted]` stands for a value. Values of
   * fewer than 4 characters are not looked for: they would be found by chance. The serverless layer refuses them.
   */
  secrets?: Readonly<Record<string, string>> | undefined;
  /** Names of platform APIs the function may use (`kv` covers `kv.get`). Default: all. */
  apis?: readonly string[] | undefined;
  /** Invocations of this function that may run at once, over all its runtimes and versions. Default: no limit of its own. */
  concurrency?: number | undefined;
  /** Invocations that may run at once in one runtime; they interleave at their awaits. Default 16. */
  concurrencyPerRuntime?: number | undefined;
  /** Runtimes this function may have at once, over all its versions. Default 4. */
  maxRuntimes?: number | undefined;
  /** `'fresh'` gives every invocation an unused isolate. Default `'warm'`. */
  reuse?: 'warm' | 'fresh' | undefined;
  /** Calls to platform APIs that one invocation may make, and as many that loading may make. Default: no limit. */
  maxHostCalls?: number | undefined;
  /** Bytes of log text kept for one invocation, or for one load. Default 16384. */
  maxLogBytes?: number | undefined;
}

/** What the serverless layer adds to a function. Not a name that a specification could have. */
export const standing: unique symbol = Symbol('standing');

export interface Standing {
  /** Other limits for the same version: its runtimes are others. */
  readonly variant?: string | undefined;
  /** Invocations of all functions with this key that may run at once. */
  readonly share?: { readonly key: string; readonly concurrency: number } | undefined;
}

/** A `PoolFunction` with every default filled in. */
export interface ResolvedFunction {
  readonly key: string;
  /** The key without the version. */
  readonly functionKey: string;
  readonly tenantId: string;
  readonly name: string;
  readonly version: string;
  readonly code: string;
  readonly memoryMb: number;
  readonly timeout: number;
  readonly cpuTimeout: number;
  readonly loadTimeout: number;
  readonly loadCpuTimeout: number;
  readonly streamTimeout: number;
  readonly streamCpuTimeout: number;
  readonly lateTimeout: number;
  readonly lateCpuTimeout: number;
  readonly env: Readonly<Record<string, string>>;
  /** Takes the values of its secrets out of texts and failures, if it has any. */
  readonly redactor: Redactor | undefined;
  readonly apis: readonly string[] | undefined;
  readonly concurrency: number;
  readonly concurrencyPerRuntime: number;
  readonly maxRuntimes: number;
  readonly maxInvocations: number;
  readonly maxHostCalls: number;
  readonly maxLogBytes: number;
  readonly share: Standing['share'];
}

/** No two texts become the same, also where separators are put between them and where they are written as UTF-8. */
export const escapePart = (part: string): string =>
  part.replace(/[%:@]|\p{Surrogate}/gu, (c) => `%${c.charCodeAt(0).toString(16)}`);

/** `tenant:name`, or `tenant:name@version`; separators inside a part are escaped, so no two functions share a key. */
export function functionKey(tenantId: string, name: string, version?: string): string {
  const base = `${escapePart(tenantId)}:${escapePart(name)}`;
  return version === undefined ? base : `${base}@${escapePart(version)}`;
}

/** Whether the group `name` is of the function, or the version, `key`; of a version also its variants are. */
export function isOf(name: string, key: string): boolean {
  if (!name.startsWith(key)) return false;
  const rest = name.slice(key.length);
  return rest === '' || rest.startsWith(key.includes('@') ? ':' : '@');
}

/** Smallest and largest value of every number in a specification. */
export const numberRanges = {
  memoryMb: [4, 1024 * 1024],
  timeout: [1, maxMilliseconds],
  cpuTimeout: [0, maxMilliseconds],
  loadTimeout: [1, maxMilliseconds],
  loadCpuTimeout: [0, maxMilliseconds],
  streamTimeout: [1, maxMilliseconds],
  streamCpuTimeout: [0, maxMilliseconds],
  lateTimeout: [1, maxMilliseconds],
  lateCpuTimeout: [0, maxMilliseconds],
  concurrency: [1, Number.POSITIVE_INFINITY],
  concurrencyPerRuntime: [1, Number.POSITIVE_INFINITY],
  maxRuntimes: [1, Number.POSITIVE_INFINITY],
  maxHostCalls: [0, Number.POSITIVE_INFINITY],
  maxLogBytes: [0, 1024 * 1024 * 1024],
} as const satisfies Partial<Record<keyof PoolFunction, readonly [number, number]>>;

export type NumberField = keyof typeof numberRanges;

/** Those that count something. */
const counts: ReadonlySet<NumberField> = new Set([
  'concurrency',
  'concurrencyPerRuntime',
  'maxRuntimes',
  'maxHostCalls',
  'maxLogBytes',
] as const);

/** What a number of a specification must be, if it is not: completes the sentence "`field` must be …". */
export function expectedNumber(field: NumberField, value: unknown): string | undefined {
  const [min, max] = numberRanges[field];
  const counted = counts.has(field);
  if (isWithin(value, min, max, counted)) return undefined;
  const range = Number.isFinite(max) ? `from ${min} to ${max}` : `of at least ${min}`;
  return `a ${counted ? 'whole number' : 'number'} ${range}`;
}

function isWithin(value: unknown, min: number, max: number, whole: boolean): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return !whole || Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
}

function numberOf(spec: PoolFunction, field: NumberField, fallback: number): number {
  const value = spec[field] ?? fallback;
  const expected = value === fallback ? undefined : expectedNumber(field, value);
  if (expected !== undefined) throw invalidNumber(field, value, expected);
  return value;
}

/**
 * A name for exactly this code with these settings. Secrets take part through a digest salted per process, so that a
 * version id tells nothing about them.
 */
export function contentVersion(spec: PoolFunction, salt: string): string {
  const { secrets, version: _version, ...open } = spec;
  const ordered = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // A number that is a BigInt is refused by its name, not here.
  const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  let content = JSON.stringify(ordered({ ...open, env: ordered(open.env ?? {}) }), plain);
  if (secrets && Object.keys(secrets).length > 0) content += salt + JSON.stringify(ordered(secrets), plain);
  return hash('sha256', content).slice(0, 12);
}

/** What the pool's options say where a specification says nothing. */
export interface FunctionDefaults {
  readonly maxInvocations: number;
  readonly loadTimeout: number;
}

export function resolveFunction(given: PoolFunction, salt: string, defaults: FunctionDefaults): ResolvedFunction {
  const spec = checkFunction(given);
  const version = spec.version ?? contentVersion(spec, salt);
  const fresh = spec.reuse === 'fresh';
  const { variant, share } = (given as { [standing]?: Standing })[standing] ?? (nothing as Standing);
  const key = functionKey(spec.tenantId, spec.name, version);
  return {
    key: variant === undefined ? key : `${key}:${escapePart(variant)}`,
    functionKey: functionKey(spec.tenantId, spec.name),
    tenantId: spec.tenantId,
    name: spec.name,
    version,
    code: withoutMark(spec.code),
    memoryMb: numberOf(spec, 'memoryMb', 5),
    timeout: numberOf(spec, 'timeout', 5000),
    cpuTimeout: numberOf(spec, 'cpuTimeout', 0),
    loadTimeout: numberOf(spec, 'loadTimeout', defaults.loadTimeout),
    loadCpuTimeout: numberOf(spec, 'loadCpuTimeout', 0),
    streamTimeout: numberOf(spec, 'streamTimeout', 60_000),
    streamCpuTimeout: numberOf(spec, 'streamCpuTimeout', numberOf(spec, 'cpuTimeout', 0)),
    lateTimeout: numberOf(spec, 'lateTimeout', 5000),
    lateCpuTimeout: numberOf(spec, 'lateCpuTimeout', 0),
    env: { ...spec.env, ...spec.secrets },
    redactor: Redactor.for(Object.values(spec.secrets ?? {})),
    apis: spec.apis,
    concurrency: numberOf(spec, 'concurrency', Number.POSITIVE_INFINITY),
    concurrencyPerRuntime: fresh ? 1 : numberOf(spec, 'concurrencyPerRuntime', 16),
    maxRuntimes: numberOf(spec, 'maxRuntimes', fresh ? 16 : 4),
    maxInvocations: fresh ? 1 : defaults.maxInvocations,
    maxHostCalls: numberOf(spec, 'maxHostCalls', Number.POSITIVE_INFINITY),
    maxLogBytes: numberOf(spec, 'maxLogBytes', 16_384),
    share,
  };
}

export const refOf = (fn: ResolvedFunction): FunctionRef => ({
  tenantId: fn.tenantId,
  functionName: fn.name,
  version: fn.version,
});
