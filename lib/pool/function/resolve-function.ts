import { hash } from 'node:crypto';
import { withoutMark } from '../../shared/code-head.ts';
import { nothing } from '../../shared/own.ts';
import { Redactor } from '../secrets/redactor.ts';
import { checkFunction, functionFields } from './check-function.ts';
import { escapePart, functionKey, versionKey } from './function-key.ts';
import { numberOf } from './number-fields.ts';
import type { PoolFunction } from './pool-function.ts';
import {
  type FunctionRef,
  type Isolation,
  type ResolvedFunction,
  type Standing,
  standing,
} from './resolved-function.ts';

/**
 * A name for exactly this code with these settings. Secrets take part through a digest salted per process, so that a
 * version id tells nothing about them.
 */
export function contentVersion(spec: PoolFunction, salt: string): string {
  const { secrets } = spec;
  let content = textOf(openFields.flatMap((field) => entryOf(spec, field)));
  if (secrets && Object.keys(secrets).length > 0) content += salt + textOf(ordered(secrets));
  return hash('sha256', content).slice(0, 12);
}

const openFields = functionFields.filter((field) => field !== 'secrets' && field !== 'version').sort();

function entryOf(spec: PoolFunction, field: string): [string, unknown][] {
  if (field === 'env') return [[field, ordered(spec.env ?? {})]];
  return Object.hasOwn(spec, field) ? [[field, spec[field as keyof PoolFunction]]] : [];
}

const ordered = (value: object): [string, unknown][] => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

function textOf(entries: [string, unknown][]): string {
  // A number that is a BigInt, or has one in it, is refused by its name, not here.
  const isOdd = ([field, value]: [string, unknown]) =>
    typeof value === 'bigint' || (typeof value === 'object' && field !== 'env');
  return entries.some(isOdd)
    ? JSON.stringify(entries, (_key, v) => (typeof v === 'bigint' ? String(v) : v))
    : JSON.stringify(entries);
}

/** What the pool's options say where a specification says nothing. */
export interface FunctionDefaults {
  readonly maxInvocations: number;
  readonly loadTimeout: number;
  /** A function of this name is about to be used, in a form that was not seen before. */
  meet(functionKey: string): void;
  /** Whether, by the look of its code, the function will have the web's APIs. */
  hasWeb(spec: PoolFunction): boolean;
  /** See `ResolvedFunction.cell`. @param isolation - if not as the pool says */
  cellOf(fn: FunctionRef, isolation: Isolation | undefined): string | undefined;
}

/** MiB. The web's APIs take some of a guest's heap, more on newer V8. */
export const memory = { bare: 5, web: 8 };

export function resolveFunction(given: PoolFunction, salt: string, defaults: FunctionDefaults): ResolvedFunction {
  const spec = checkFunction(given);
  const nameKey = functionKey(spec.tenantId, spec.name);
  defaults.meet(nameKey);
  const version = spec.version ?? contentVersion(spec, salt);
  const fresh = spec.reuse === 'fresh';
  const { variant, share, isolation } = (given as { [standing]?: Standing })[standing] ?? (nothing as Standing);
  const key = versionKey(nameKey, version);
  return {
    key: variant === undefined ? key : `${key}:${escapePart(variant)}`,
    functionKey: nameKey,
    tenantId: spec.tenantId,
    name: spec.name,
    version,
    code: withoutMark(spec.code),
    memoryMb: numberOf(spec, 'memoryMb', defaults.hasWeb(spec) ? memory.web : memory.bare),
    timeout: numberOf(spec, 'timeout', 5000),
    cpuTimeout: numberOf(spec, 'cpuTimeout', 0),
    loadTimeout: numberOf(spec, 'loadTimeout', defaults.loadTimeout),
    loadCpuTimeout: numberOf(spec, 'loadCpuTimeout', 0),
    streamTimeout: numberOf(spec, 'streamTimeout', 60_000),
    streamCpuTimeout: numberOf(spec, 'streamCpuTimeout', numberOf(spec, 'cpuTimeout', 0)),
    lateTimeout: numberOf(spec, 'lateTimeout', 5000),
    lateCpuTimeout: numberOf(spec, 'lateCpuTimeout', 0),
    web: spec.web,
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
    cell: defaults.cellOf({ tenantId: spec.tenantId, functionName: spec.name, version }, isolation),
  };
}
