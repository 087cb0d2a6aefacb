import { brief } from '../../errors/brief.ts';
import { checkBoolean, checkOptions } from '../../options/check.ts';
import { checkRuntimeOptions } from '../../options/check-runtime-options.ts';
import { invalidNumber, invalidType } from '../../options/invalid.ts';
import { within } from '../../options/within.ts';
import { warnAboutListener } from '../../runtime/listener-warning.ts';
import { given } from '../../shared/own.ts';
import type { RuntimeOptions } from '../engine.ts';
import { invalidArgument } from '../failures/refusal.ts';
import type { Isolation } from '../function/resolved-function.ts';
import { type PoolIsolation, type ResolvedIsolation, resolveIsolation } from './isolation.ts';
import { forInvocations } from './web.ts';

/** Times in ms; `Infinity` switches a limit off. */
export interface PoolOptions {
  /** Runtimes alive at once, over all functions. Default 256. */
  maxRuntimes?: number | undefined;
  /** Sum of the heap limits of all live runtimes, in MiB. Default: no limit. */
  maxMemoryMb?: number | undefined;
  /** An idle runtime is closed after this long. Default 60000. */
  idleTtl?: number | undefined;
  /** A runtime older than this is replaced once it is idle. Default: no limit. */
  maxAge?: number | undefined;
  /** A runtime that served this many invocations is replaced. Default: no limit. */
  maxInvocations?: number | undefined;
  /** Invocations that may run at once. Default: no limit. */
  maxConcurrency?: number | undefined;
  /** Invocations of one tenant that may run at once. Default: no limit. */
  tenantConcurrency?: number | ((tenantId: string) => number) | undefined;
  /** Invocations of one function, over all its versions, that may wait for a runtime. Default 1000. */
  maxQueue?: number | undefined;
  /** Invocations of one tenant that may wait. Default 5000. */
  maxQueuePerTenant?: number | undefined;
  /** Invocations that may wait in the whole pool. Default 50000. */
  maxQueueTotal?: number | undefined;
  /** How long an invocation may wait for a runtime. Default 10000. */
  queueTimeout?: number | undefined;
  /**
   * Runtimes that functions of one tenant may take with them because they can't be stopped; then nothing of that tenant
   * is started any more (`CapacityError`) until `forgive`. Default 16, of the 64 that a process may lose.
   */
  maxLostPerTenant?: number | undefined;
  /** Limit on loading a function into a runtime, for functions that have none of their own. Default 5000. */
  loadTimeout?: number | undefined;
  /**
   * Unused runtimes kept ready, so that a cold start need not wait for an isolate; made when the pool has nothing to
   * start, within `maxRuntimes` and `maxMemoryMb`, given up after `idleTtl`. Default 2; 0 switches it off.
   */
  stock?: number | undefined;
  /** `console.log` and friends exist in the guest and feed the invocation's logs. Default true. */
  console?: boolean | undefined;
  /** The web's APIs in every runtime, as {@link RuntimeOptions.web}. Default `false`. */
  web?: RuntimeOptions['web'];
  /**
   * Where functions run: `'isolate'`, in this process; `'process'`, in cells, processes of their own behind walls of the
   * system, each for one tenant; an object says more about those. Default `'isolate'`. See docs/isolation.md.
   */
  isolation?: Isolation | PoolIsolation | undefined;
  /** Further options for every runtime: `snapshot`, `bootstrap`, `codeGeneration`, `maxTransferBytes` … */
  runtime?:
    | Omit<RuntimeOptions, 'maxHeapSize' | 'timeout' | 'cpuTimeout' | 'console' | 'isolation' | 'name'>
    | undefined;
}

export type ResolvedPoolOptions = Omit<
  { [K in keyof PoolOptions]-?: NonNullable<PoolOptions[K]> },
  'tenantConcurrency' | 'web' | 'isolation'
> & {
  isolation: ResolvedIsolation;
  tenantConcurrency: (tenantId: string) => number;
};

const defaults = {
  maxRuntimes: 256,
  maxMemoryMb: Number.POSITIVE_INFINITY,
  idleTtl: 60_000,
  maxAge: Number.POSITIVE_INFINITY,
  maxInvocations: Number.POSITIVE_INFINITY,
  maxConcurrency: Number.POSITIVE_INFINITY,
  maxQueue: 1000,
  maxQueuePerTenant: 5000,
  maxQueueTotal: 50_000,
  queueTimeout: 10_000,
  maxLostPerTenant: 16,
  loadTimeout: 5000,
  stock: 2,
};

const names: ReadonlySet<string> = new Set([
  ...Object.keys(defaults),
  'tenantConcurrency',
  'console',
  'web',
  'isolation',
  'runtime',
]);

export function resolveOptions(given: PoolOptions): ResolvedPoolOptions {
  const options = checkOptions(given, names) as PoolOptions;
  const numbers = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    const value = options[name] ?? defaults[name];
    const min = name.startsWith('maxQueue') || name === 'stock' ? 0 : 1;
    if (typeof value !== 'number' || !(value >= min)) {
      throw invalidNumber(name, value, `a number of at least ${min}`);
    }
    numbers[name] = value;
  }
  const perTenant = checkTenantConcurrency(options.tenantConcurrency);
  return {
    ...numbers,
    tenantConcurrency: typeof perTenant === 'function' ? guarded(perTenant) : () => perTenant,
    isolation: within('isolation', () => resolveIsolation(options.isolation)),
    console: options.console === undefined || checkBoolean(options.console, 'console'),
    runtime: forGuests(withWeb(checkRuntime(options.runtime), options.web)),
  };
}

/** Options of a runtime that the pool sets itself, and where. */
const setElsewhere: Readonly<Record<string, string>> = {
  maxHeapSize: "'memoryMb' of a function",
  timeout: "'timeout' of a function and 'loadTimeout'",
  cpuTimeout: "'cpuTimeout' of a function",
  console: "the pool's 'console'",
  isolation: "the pool's 'isolation'",
  name: 'the tenant and the name of a function',
};

/** Wrong ones are said when the pool is made, not at its first invocation. */
function checkRuntime(runtime: unknown): ResolvedPoolOptions['runtime'] {
  if (runtime === undefined) return {};
  if (typeof runtime !== 'object' || runtime === null) throw invalidType('runtime', runtime, 'an object');
  for (const [name, value] of Object.entries(runtime)) {
    const instead = setElsewhere[name];
    if (instead === undefined || value === undefined) continue;
    throw invalidArgument(`'runtime.${name}' can't be set: it comes from ${instead}`, `runtime.${name}`, value);
  }
  // Its heap limit is each function's.
  within('runtime', () => checkRuntimeOptions({ ...runtime, initialHeapSize: undefined }));
  return runtime;
}

function withWeb(runtime: ResolvedPoolOptions['runtime'], web: PoolOptions['web']): ResolvedPoolOptions['runtime'] {
  if (web === undefined) return runtime;
  if (given(runtime, 'web') !== undefined)
    throw invalidArgument("'web' is given twice: also as 'runtime.web'", 'web', web);
  // Together they may be wrong.
  const joined = { ...runtime, web };
  checkRuntimeOptions({ ...joined, initialHeapSize: undefined });
  return joined;
}

const forGuests = (runtime: ResolvedPoolOptions['runtime']): ResolvedPoolOptions['runtime'] =>
  given(runtime, 'web') === undefined ? runtime : { ...runtime, web: forInvocations(runtime.web) };

type TenantConcurrency = NonNullable<PoolOptions['tenantConcurrency']>;

function checkTenantConcurrency(value: unknown): TenantConcurrency {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value === 'function' || isConcurrency(value)) return value as TenantConcurrency;
  throw invalidNumber('tenantConcurrency', value, 'a number of at least 1 or a function');
}

const isConcurrency = (value: unknown): value is number => typeof value === 'number' && value >= 1;

/** Asked in the middle of the pool's work: what it throws, or answers wrongly, is a warning and means one at a time. */
function guarded(tenantConcurrency: (tenantId: string) => number): (tenantId: string) => number {
  let warned = false;
  return (tenantId) => {
    try {
      const answer: unknown = tenantConcurrency(tenantId);
      if (isConcurrency(answer)) return answer;
      throw new TypeError(`it answered ${brief(answer)} and not a number of at least 1`);
    } catch (error) {
      if (!warned) warnAboutListener('tenantConcurrency', error, 'an isolet pool');
      warned = true;
      return 1;
    }
  };
}
