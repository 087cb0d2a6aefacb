import { JavaScriptError, ValidationError, type ValidationIssue } from '../errors/index.ts';
import { brief } from '../options/brief.ts';
import { nothing } from '../options/own.ts';
import type { PoolFunction } from '../pool/function.ts';
import { label } from '../pool/label.ts';
import type { RuntimePool } from '../pool/pool.ts';
import type { ServerlessOptions } from './options.ts';
import { orAborted } from './or-aborted.ts';
import type { StoredVersion } from './registry.ts';
import type { FunctionSpec } from './spec.ts';
import type { TenantTiers } from './tenant-tiers.ts';
import { applyTier, checkAsked, type TierInForce } from './tiers.ts';
import { Checker } from './validation/checker.ts';
import { validateFields } from './validation/fields.ts';
import { trimFunction } from './validation/trim.ts';
import { validateCode } from './validation/validate.ts';
import { Variants } from './variants.ts';

const mebibyte = 1024 * 1024;

/** Turns a specification into a version that is known to load, or says everything that is wrong with it. */
export class Deployer {
  readonly #pool: RuntimePool;
  readonly #options: ServerlessOptions;
  readonly #tiers: TenantTiers;
  readonly #checker: Checker;
  #globals: Promise<ReadonlySet<string>> | undefined;

  constructor(pool: RuntimePool, options: ServerlessOptions, tiers: TenantTiers) {
    this.#pool = pool;
    this.#tiers = tiers;
    this.#options = options;
    this.#checker = new Checker(options.validation?.maxCodeSize ?? mebibyte, (tenantId) => pool.countLoss(tenantId));
  }

  /** Stops the check that runs and gives back what checks took. */
  close(): Promise<void> {
    return this.#checker.close();
  }

  /** Ends with the reason of `signal` when that is aborted. @throws {ValidationError} */
  async prepare(spec: FunctionSpec, signal: AbortSignal): Promise<StoredVersion> {
    const name = `${label(String(spec.tenantId))}:${label(String(spec.name))}`;
    const issues = validateFields(spec);
    const asked = this.#tier(spec, issues);
    const inForce = asked instanceof Promise ? await orAborted(asked, signal) : asked;
    const { limits, apis } = applyTier(spec, inForce?.tier ?? nothing);
    issues.push(...checkAsked(spec, inForce), ...this.#unknownApis(apis));
    const code = typeof spec.code === 'string' ? trimFunction(spec.code) : '';
    const { maxCodeSize = mebibyte, rules = ['no-with', 'no-debugger'] } = this.#options.validation ?? {};
    const known = { apis: this.#pool.apiNames, allowed: apis, globals: await orAborted(this.#knownGlobals(), signal) };
    const maxSize = Math.min(maxCodeSize, inForce?.tier.codeSize ?? maxCodeSize);
    this.#pool.checkLosses(String(spec.tenantId));
    const checks = validateCode(this.#checker, String(spec.tenantId), code, maxSize, known, rules);
    const checked = await orAborted(checks, signal);
    issues.push(...checked.issues);
    if (issues.length > 0) throw invalid(name, issues);

    const version = this.#store(spec, { ...limits, apis }, code, inForce);
    if (checked.mustEvaluate || spec.dryRun) await this.#rehearse(name, version.fn, spec.dryRun, signal);
    if (spec.prewarm) await this.#prewarm(name, version.fn, spec.prewarm === true ? 1 : spec.prewarm, signal);
    return version;
  }

  /** @throws {PlatformError} if it can't be known which tier the tenant is in */
  #tier(
    { tenantId, tier }: FunctionSpec,
    issues: ValidationIssue[],
  ): TierInForce | undefined | Promise<TierInForce | undefined> {
    // Nobody's, and an issue already.
    if (tier === undefined) return typeof tenantId === 'string' ? this.#tiers.of(tenantId) : undefined;
    const found = this.#tiers.named(tier);
    if (!found) issues.push({ path: ['tier'], message: `there is no tier ${brief(tier)}` });
    return found;
  }

  #unknownApis(apis: readonly string[] | undefined): ValidationIssue[] {
    const exists = (name: string) => this.#pool.apiNames.some((api) => api === name || api.startsWith(`${name}.`));
    return (apis ?? []).flatMap((name, i) =>
      exists(name) ? [] : [{ path: ['apis', i], message: `there is no platform API '${name}'` }],
    );
  }

  /** What a guest finds on its `globalThis`, asked of a real one: snapshot and bootstrap may add to it. */
  #knownGlobals(): Promise<ReadonlySet<string> | undefined> {
    if (this.#options.validation?.unknownNames === false) return Promise.resolve(undefined);
    this.#globals ??= this.#pool.globalNames();
    // A failure is this deployment's, not that of all later ones.
    this.#globals.catch(() => {
      this.#globals = undefined;
    });
    return this.#globals;
  }

  #store(
    spec: FunctionSpec,
    limits: Partial<PoolFunction>,
    code: string,
    inForce: TierInForce | undefined,
  ): StoredVersion {
    const { prewarm: _prewarm, dryRun: _dryRun, tier: _tier, ...rest } = spec;
    const asked = {
      ...rest,
      code,
      env: Object.freeze({ ...spec.env }),
      secrets: Object.freeze({ ...spec.secrets }),
    };
    const resolved = this.#pool.resolve({ ...asked, ...limits });
    const variants = new Variants({ ...asked, version: resolved.version }, inForce);
    const fn = variants.latest;
    return {
      fn,
      variants,
      tier: spec.tier === undefined ? undefined : inForce,
      about: {
        tenantId: spec.tenantId,
        functionName: spec.name,
        version: resolved.version,
        deployedAt: Date.now(),
        tier: inForce?.name,
        codeSize: Buffer.byteLength(code),
        limits: {
          memoryMb: resolved.memoryMb,
          timeout: resolved.timeout,
          cpuTimeout: resolved.cpuTimeout,
          loadTimeout: resolved.loadTimeout,
          loadCpuTimeout: resolved.loadCpuTimeout,
          maxHostCalls: resolved.maxHostCalls,
          maxLogBytes: resolved.maxLogBytes,
        },
        env: asked.env,
        secretNames: Object.keys(asked.secrets),
        apis: fn.apis,
      },
    };
  }

  async #rehearse(
    name: string,
    fn: PoolFunction,
    dryRun: { event: unknown } | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#pool.rehearse(fn, dryRun, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failedToLoad(name, error, dryRun ? 'dry run' : 'evaluation');
    }
  }

  async #prewarm(name: string, fn: PoolFunction, count: number, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      await orAborted(this.#pool.prewarm(fn, count), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failedToLoad(name, error, 'first load');
    }
  }
}

function invalid(name: string, issues: readonly ValidationIssue[], cause?: unknown): ValidationError {
  const [first] = issues;
  const where = first?.line === undefined ? '' : ` (line ${first.line}, column ${first.column})`;
  const more = issues.length > 1 ? ` and ${issues.length - 1} more` : '';
  const options = cause === undefined ? undefined : { cause };
  return new ValidationError(`${name} can't be deployed: ${first?.message}${where}${more}`, issues, options);
}

/** What the guest did wrong becomes an issue; a full pool or a closed one stays what it is. */
function failedToLoad(name: string, error: unknown, phase: string): unknown {
  if (error instanceof ValidationError) return invalid(name, error.issues, error);
  const guilty =
    error instanceof Error &&
    'code' in error &&
    /_(JAVASCRIPT|MODULE|MODULE_NOT_FOUND|TIMEOUT|HEAP_LIMIT|TRANSFER|TERMINATED)$/.test(String(error.code));
  if (!guilty) return error;
  const frame = error instanceof JavaScriptError ? error.frames.find((f) => f.lineNumber !== null) : undefined;
  const message = `${phase} failed: ${error.name}: ${error.message}`;
  const line = frame?.lineNumber ?? undefined;
  const column = frame?.columnNumber ?? undefined;
  return invalid(name, [{ message, path: ['code'], line, column }], error);
}
