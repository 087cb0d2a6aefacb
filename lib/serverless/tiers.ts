import type { ValidationIssue } from '../errors/index.ts';
import { checkInteger, checkOptions } from '../options/check.ts';
import { invalidRange, invalidType } from '../options/invalid.ts';
import { numberProblem } from '../pool/function.ts';
import { invalidNumber, outOfRange } from '../pool/refusal.ts';
import type { FunctionSpec } from './spec.ts';
import { isNameList } from './validation/fields.ts';

/** How many invocations a tenant may start. */
export interface Rate {
  /** Invocations per window; `Infinity` is no limit. */
  requests: number;
  /** The window in ms, of any length; it begins with its first invocation. Default 1000. */
  per?: number | undefined;
  /** Further invocations that may come on top at once; they are won back over ten windows. Default 0. */
  burst?: number | undefined;
}

/**
 * A named set of limits. A function gets the tier's value unless it asks for a smaller one; asking for more is refused
 * at deployment. What a tier leaves out is not limited by it.
 */
export interface Tier {
  memoryMb?: number | undefined;
  timeout?: number | undefined;
  cpuTimeout?: number | undefined;
  /** Limits on evaluating the code around the function, once in each runtime. */
  loadTimeout?: number | undefined;
  loadCpuTimeout?: number | undefined;
  /** Invocations of one tenant that may run at once. */
  concurrency?: number | undefined;
  /** Invocations of one function that may run at once. */
  functionConcurrency?: number | undefined;
  /** Runtimes of one function. */
  maxRuntimes?: number | undefined;
  rate?: Rate | undefined;
  /** Bytes of source. */
  codeSize?: number | undefined;
  maxLogBytes?: number | undefined;
  maxHostCalls?: number | undefined;
  /** Platform APIs a function may use. */
  apis?: readonly string[] | undefined;
}

export type Tiers = Readonly<Record<string, Tier>>;

/** Tier fields that bound a field of the specification. */
const bounded = [
  ['memoryMb', 'memoryMb'],
  ['timeout', 'timeout'],
  ['cpuTimeout', 'cpuTimeout'],
  ['loadTimeout', 'loadTimeout'],
  ['loadCpuTimeout', 'loadCpuTimeout'],
  ['concurrency', 'functionConcurrency'],
  ['maxRuntimes', 'maxRuntimes'],
  ['maxLogBytes', 'maxLogBytes'],
  ['maxHostCalls', 'maxHostCalls'],
] as const;

const tierFields: ReadonlySet<string> = new Set([
  ...bounded.map(([, tierField]) => tierField),
  'concurrency',
  'rate',
  'codeSize',
  'apis',
] satisfies (keyof Tier)[]);
const rateFields: ReadonlySet<string> = new Set(['requests', 'per', 'burst'] satisfies (keyof Rate)[]);

type BoundedField = (typeof bounded)[number][0];

/** The tiers as they were given, and nothing that all objects have. */
export function checkTiers(tiers: Tiers, defaultTier: string | undefined): Tiers {
  if (defaultTier !== undefined && !Object.hasOwn(tiers, defaultTier)) {
    throw outOfRange(`defaultTier '${defaultTier}' is not one of the tiers`, 'defaultTier', defaultTier);
  }
  const checked: Record<string, Tier> = Object.create(null);
  for (const [name, tier] of Object.entries(tiers)) checked[name] = checkTier(tier, `tiers.${name}`);
  return checked;
}

function checkTier(given: Tier, where: string): Tier {
  // A misspelt limit would be no limit.
  const asked = checkOptions(given, tierFields, where) as Tier;
  const tier: Tier = Object.assign(Object.create(null), asked, { rate: checkRate(asked.rate, `${where}.rate`) });
  if (tier.apis !== undefined && !isNameList(tier.apis)) {
    throw invalidType(`${where}.apis`, tier.apis, 'an array of names of platform APIs');
  }
  for (const [field, tierField] of bounded) {
    const problem = tier[tierField] === undefined ? undefined : numberProblem(field, tier[tierField]);
    if (problem !== undefined) throw invalidNumber(`${where}: ${problem}`, `${where}.${tierField}`, tier[tierField]);
  }
  checkAtLeast(1, tier.concurrency, `${where}.concurrency`);
  checkAtLeast(0, tier.codeSize, `${where}.codeSize`);
  return tier;
}

function checkRate(given: unknown, where: string): Rate | undefined {
  if (given === undefined) return undefined;
  const rate = checkOptions(given, rateFields, where) as unknown as Rate;
  const { requests, per, burst } = rate;
  if (requests !== Number.POSITIVE_INFINITY) checkInteger(requests, `${where}.requests`, 0, Number.MAX_SAFE_INTEGER);
  if (burst !== undefined) checkInteger(burst, `${where}.burst`, 0, Number.MAX_SAFE_INTEGER);
  if (per !== undefined) checkPeriod(per, `${where}.per`);
  return requests === Number.POSITIVE_INFINITY ? undefined : rate;
}

/** No timer has to wait for it, so it may be of any length; but it has to end. */
function checkPeriod(per: unknown, option: string): void {
  const expected = 'a finite number of milliseconds of at least 1';
  if (typeof per !== 'number') throw invalidType(option, per, expected);
  if (!(per >= 1 && Number.isFinite(per))) throw invalidRange(option, per, expected);
}

export function checkAtLeast(min: number, value: unknown, option: string): void {
  if (value === undefined || (typeof value === 'number' && value >= min)) return;
  const invalid = typeof value === 'number' ? invalidRange : invalidType;
  throw invalid(option, value, `a number of at least ${min}`);
}

/** The specification with the tier's limits filled in, and what it asks beyond them. */
export function applyTier(
  spec: FunctionSpec,
  name: string | undefined,
  tier: Tier,
): { limits: Partial<Record<BoundedField, number>>; apis: readonly string[] | undefined; issues: ValidationIssue[] } {
  const issues: ValidationIssue[] = [];
  const limits: Partial<Record<BoundedField, number>> = {};
  for (const [field, tierField] of bounded) {
    const bound = tier[tierField];
    const asked = spec[field];
    const problem = asked === undefined ? undefined : numberProblem(field, asked);
    if (problem !== undefined) {
      issues.push({ path: [field], message: problem });
      continue;
    }
    // No processor time limit is more than any bound.
    const own = (field === 'cpuTimeout' || field === 'loadCpuTimeout') && asked === 0 ? undefined : asked;
    if (bound !== undefined && own !== undefined && own > bound) {
      issues.push({ path: [field], message: `${field} ${own} exceeds the ${bound} of tier '${name}'` });
    }
    const value = own ?? bound ?? asked;
    if (value !== undefined) limits[field] = value;
  }
  return { limits, apis: allowedApis(spec, name, tier, issues), issues };
}

function allowedApis(
  spec: FunctionSpec,
  name: string | undefined,
  tier: Tier,
  issues: ValidationIssue[],
): readonly string[] | undefined {
  const asked = isNameList(spec.apis) ? spec.apis : undefined;
  if (asked === undefined || tier.apis === undefined) return asked ?? tier.apis;
  for (const [i, api] of asked.entries()) {
    if (!tier.apis.some((allowed) => allowed === api || api.startsWith(`${allowed}.`))) {
      issues.push({ path: ['apis', i], message: `platform API '${api}' is not part of tier '${name}'` });
    }
  }
  return asked;
}
