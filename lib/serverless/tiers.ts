import type { ValidationIssue } from '../errors/index.ts';
import { checkInteger, checkName, checkOneOf, checkOptions } from '../options/check.ts';
import { invalidNumber, invalidRange, invalidType } from '../options/invalid.ts';
import { nearest } from '../options/nearest.ts';
import { expectedNumber } from '../pool/function/number-fields.ts';
import type { Isolation } from '../pool/function/resolved-function.ts';
import { isolations } from '../pool/options/isolation.ts';
import { isAllowed } from '../shared/allowed.ts';
import { nothing } from '../shared/own.ts';
import type { FunctionSpec } from './spec.ts';
import { isNameList, wrong } from './validation/fields.ts';

/** How many invocations a tenant may start, or how often it may deploy. */
export interface Rate {
  /** Invocations, or deployments, per window; `Infinity` is no limit. */
  requests: number;
  /** The window in ms, of any length; it begins with its first one. Default 1000. */
  per?: number | undefined;
  /** Further ones that may come on top at once; they are won back over ten windows. Default 0. */
  burst?: number | undefined;
}

/**
 * A named set of limits. A function gets the tier's value unless it asks for a smaller one; asking for more is refused
 * at deployment. What a tier leaves out is not limited by it.
 */
export interface Tier {
  /** Heap limit of each runtime in MiB. */
  memoryMb?: number | undefined;
  /** Wall-clock limit of one invocation in ms, as all times here. */
  timeout?: number | undefined;
  /** Limit on processor time of one invocation; 0 is none, as for all limits on processor time. */
  cpuTimeout?: number | undefined;
  /** Limits on evaluating the code around the function, once in each runtime. */
  loadTimeout?: number | undefined;
  /** The same for processor time. */
  loadCpuTimeout?: number | undefined;
  /** Limits on the streams and promises in an answer. */
  streamTimeout?: number | undefined;
  /** The same for processor time. */
  streamCpuTimeout?: number | undefined;
  /** Limits on what an invocation gives to `context.waitUntil`. */
  lateTimeout?: number | undefined;
  /** The same for processor time. */
  lateCpuTimeout?: number | undefined;
  /** Invocations of one tenant that may run at once. */
  concurrency?: number | undefined;
  /** Invocations of one function that may run at once. */
  functionConcurrency?: number | undefined;
  /** Runtimes of one function. */
  maxRuntimes?: number | undefined;
  /** How often one tenant may invoke. */
  rate?: Rate | undefined;
  /** Functions of one tenant. */
  maxFunctions?: number | undefined;
  /** Deployments of one tenant that are kept; the oldest that nothing points at make room for new ones. */
  maxDeployments?: number | undefined;
  /** Bytes of source, environments and secrets of one tenant's deployments that are kept, likewise. */
  maxCodeBytes?: number | undefined;
  /** How often one tenant may deploy; attempts that fail count. */
  deployRate?: Rate | undefined;
  /** Bytes of source. */
  codeSize?: number | undefined;
  /** Bytes of log text kept of one invocation. */
  maxLogBytes?: number | undefined;
  /** Calls to platform APIs of one invocation. */
  maxHostCalls?: number | undefined;
  /** Platform APIs a function may use. */
  apis?: readonly string[] | undefined;
  /** Where its functions run: in this process, or in cells. Default: as the option `isolation` says. */
  isolation?: Isolation | undefined;
}

/** Tiers by their names. */
export type Tiers = Readonly<Record<string, Tier>>;

/** Tier fields that bound a field of the specification. */
const bounded = [
  ['memoryMb', 'memoryMb'],
  ['timeout', 'timeout'],
  ['cpuTimeout', 'cpuTimeout'],
  ['loadTimeout', 'loadTimeout'],
  ['loadCpuTimeout', 'loadCpuTimeout'],
  ['streamTimeout', 'streamTimeout'],
  ['streamCpuTimeout', 'streamCpuTimeout'],
  ['lateTimeout', 'lateTimeout'],
  ['lateCpuTimeout', 'lateCpuTimeout'],
  ['concurrency', 'functionConcurrency'],
  ['maxRuntimes', 'maxRuntimes'],
  ['maxLogBytes', 'maxLogBytes'],
  ['maxHostCalls', 'maxHostCalls'],
] as const;

const tierFields: ReadonlySet<string> = new Set([
  ...bounded.map(([, tierField]) => tierField),
  'concurrency',
  'rate',
  'deployRate',
  'maxFunctions',
  'maxDeployments',
  'maxCodeBytes',
  'codeSize',
  'apis',
  'isolation',
] satisfies (keyof Tier)[]);
const rateFields: ReadonlySet<string> = new Set(['requests', 'per', 'burst'] satisfies (keyof Rate)[]);

type BoundedField = (typeof bounded)[number][0];

/** What a specification asks for within its tier. */
export type Asked = { readonly [K in BoundedField]?: number | undefined } & Pick<FunctionSpec, 'apis'>;

export interface Applied {
  readonly limits: Partial<Record<BoundedField, number>>;
  readonly apis: readonly string[] | undefined;
}

/** A tier that holds for a function: because its tenant is in it, or because it was deployed in it. */
export interface TierInForce {
  readonly name: string;
  readonly tier: Tier;
}

/** The tiers as they were given, and nothing that all objects have. */
export function checkTiers(tiers: Tiers, defaultTier: string | undefined, apis: readonly string[]): Tiers {
  if (!isPlain(tiers)) throw invalidType('tiers', tiers, 'an object with a tier for each name');
  if (defaultTier !== undefined && !Object.hasOwn(tiers, checkName(defaultTier, 'defaultTier'))) {
    const names = Object.keys(tiers);
    const expected =
      names.length === 0 ? 'one of the tiers, and there are none' : `one of the tiers: ${names.join(', ')}`;
    throw invalidRange('defaultTier', defaultTier, expected);
  }
  const checked: Record<string, Tier> = Object.create(null);
  for (const [name, tier] of Object.entries(tiers)) {
    if (name === '') throw invalidRange('tiers', tiers, 'an object without an empty name');
    checked[name] = checkTier(tier, `tiers.${name}`, apis);
  }
  return checked;
}

/** No list, Map or the like; of whichever realm. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A tier that allows what there is not would leave it to its tenants to find out. */
function checkApis(allowed: readonly string[], apis: readonly string[], option: string): void {
  for (const [i, name] of allowed.entries()) {
    if (apis.some((api) => isAllowed(api, [name]))) continue;
    const close = nearest(name, apis);
    const advice = close === undefined ? 'the name of a platform API' : `the name of a platform API ('${close}'?)`;
    throw invalidRange(`${option}[${i}]`, name, advice);
  }
}

function checkTier(given: Tier, where: string, apis: readonly string[]): Tier {
  if (given === undefined) throw invalidType(where, given, 'an object');
  // A misspelt limit would be no limit.
  const asked = checkOptions(given, tierFields, where) as Tier;
  const tier: Tier = Object.assign(Object.create(null), asked, {
    rate: checkRate(asked.rate, `${where}.rate`),
    deployRate: checkRate(asked.deployRate, `${where}.deployRate`),
  });
  if (tier.apis !== undefined && !isNameList(tier.apis)) {
    throw invalidType(`${where}.apis`, tier.apis, 'an array of names of platform APIs');
  }
  checkApis(tier.apis ?? [], apis, `${where}.apis`);
  // What the platform does to its list afterwards must not matter.
  if (tier.apis) tier.apis = [...tier.apis];
  for (const [field, tierField] of bounded) {
    const expected = tier[tierField] === undefined ? undefined : expectedNumber(field, tier[tierField]);
    if (expected !== undefined) throw invalidNumber(`${where}.${tierField}`, tier[tierField], expected);
  }
  if (tier.isolation !== undefined) checkOneOf(tier.isolation, `${where}.isolation`, isolations);
  checkCount(1, tier.concurrency, `${where}.concurrency`);
  for (const field of ['codeSize', 'maxFunctions', 'maxDeployments', 'maxCodeBytes'] as const) {
    checkCount(0, tier[field], `${where}.${field}`);
  }
  return tier;
}

function checkRate(given: unknown, where: string): Rate | undefined {
  if (given === undefined) return undefined;
  const rate = checkOptions(given, rateFields, where) as unknown as Rate;
  const { requests, per, burst } = rate;
  if (requests !== Number.POSITIVE_INFINITY) checkInteger(requests, `${where}.requests`, 0, Number.MAX_SAFE_INTEGER);
  if (burst !== undefined) checkInteger(burst, `${where}.burst`, 0, Number.MAX_SAFE_INTEGER);
  if (per !== undefined) checkPeriod(per, `${where}.per`);
  return requests === Number.POSITIVE_INFINITY ? undefined : { requests, per, burst };
}

/** No timer has to wait for it, so it may be of any length; but it has to end. */
function checkPeriod(per: unknown, option: string): void {
  if (typeof per === 'number' && per >= 1 && Number.isFinite(per)) return;
  throw invalidNumber(option, per, 'a finite number of milliseconds of at least 1');
}

/** A whole number, or `Infinity` for no limit. */
function checkCount(min: number, value: unknown, option: string): void {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return;
  if (Number.isInteger(value) && (value as number) >= min) return;
  throw invalidNumber(option, value, `a whole number of at least ${min}`);
}

export function checkAtLeast(min: number, value: unknown, option: string): void {
  if (value === undefined || (typeof value === 'number' && value >= min)) return;
  throw invalidNumber(option, value, `a number of at least ${min}`);
}

/** A processor-time limit of 0 is none, so more than any other. */
function limitOf(field: BoundedField, value: number | undefined): number | undefined {
  return value === 0 && /cpuTimeout$/i.test(field) ? undefined : value;
}

/** What the specification asks beyond the tier, or wrongly. */
export function checkAsked(asked: Asked, inForce: TierInForce | undefined): ValidationIssue[] {
  const { name, tier = nothing as Tier } = inForce ?? (nothing as Partial<TierInForce>);
  const issues: ValidationIssue[] = [];
  for (const [field, tierField] of bounded) {
    const expected = asked[field] === undefined ? undefined : expectedNumber(field, asked[field]);
    const [own, bound] = [limitOf(field, asked[field]), limitOf(field, tier[tierField])];
    if (expected !== undefined) issues.push(wrong([field], expected, asked[field]));
    else if (own !== undefined && bound !== undefined && own > bound) {
      issues.push({ path: [field], message: `${field} ${own} exceeds the ${bound} of tier '${name}'` });
    }
  }
  const apis = isNameList(asked.apis) ? asked.apis : [];
  for (const [i, api] of apis.entries()) {
    if (isAllowed(api, tier.apis)) continue;
    issues.push({ path: ['apis', i], message: `platform API '${api}' is not part of tier '${name}'` });
  }
  return issues;
}

/** What holds: the tier's limits, or what is asked where that is less. */
export function applyTier(asked: Asked, tier: Tier): Applied {
  const limits: Partial<Record<BoundedField, number>> = {};
  for (const [field, tierField] of bounded) {
    const [own, bound] = [limitOf(field, asked[field]), limitOf(field, tier[tierField])];
    const value = own === undefined || bound === undefined ? (own ?? bound ?? asked[field]) : Math.min(own, bound);
    if (value !== undefined) limits[field] = value;
  }
  return { limits, apis: apisWithin(isNameList(asked.apis) ? asked.apis : undefined, tier.apis) };
}

/** Of a list and what a tier allows, the parts that are in both. */
function apisWithin(asked: readonly string[] | undefined, allowed: readonly string[] | undefined) {
  if (asked === undefined || allowed === undefined) return asked ?? allowed;
  return [...asked.filter((api) => isAllowed(api, allowed)), ...allowed.filter((api) => isWithin(api, asked))];
}

/** Covered by the list without being on it. */
const isWithin = (api: string, list: readonly string[]): boolean => !list.includes(api) && isAllowed(api, list);
