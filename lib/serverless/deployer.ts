import { brief } from '../errors/brief.ts';
import { SupersededError, type ValidationIssue } from '../errors/index.ts';
import { nearest } from '../options/nearest.ts';
import type { PoolCore } from '../pool/core.ts';
import { label } from '../pool/function/label.ts';
import type { PoolFunction } from '../pool/function/pool-function.ts';
import { withoutMark } from '../shared/code-head.ts';
import { nothing } from '../shared/own.ts';
import type { ServerlessOptions } from './options.ts';
import { orAborted } from './or-aborted.ts';
import { failedToLoad, invalid } from './refused.ts';
import type { StoredVersion } from './registry.ts';
import type { FunctionSpec } from './spec.ts';
import type { TenantTiers } from './tenant-tiers.ts';
import { applyTier, checkAsked, type TierInForce } from './tiers.ts';
import { Checker } from './validation/checker.ts';
import { validateFields } from './validation/fields.ts';
import { shorten, type ValidationResult, validateCode } from './validation/validate.ts';
import { Variants } from './variants.ts';

const mebibyte = 1024 * 1024;

/** What is known of code that was not looked at. */
const nothingFound: ValidationResult = {
  ...{ issues: [], warnings: [], names: [], moreNames: 0 },
  ...{ imports: [], module: false, exported: [] },
};

/** Turns a specification into a version that is known to load, or says everything that is wrong with it. */
export class Deployer {
  readonly #pool: PoolCore;
  readonly #options: ServerlessOptions;
  readonly #tiers: TenantTiers;
  readonly #checker: Checker;
  /** By whether the guest has the web's APIs; undefined: as the pool's options say. */
  readonly #globals = new Map<boolean | undefined, Promise<ReadonlySet<string>>>();

  constructor(pool: PoolCore, options: ServerlessOptions, tiers: TenantTiers) {
    this.#pool = pool;
    this.#tiers = tiers;
    this.#options = options;
    this.#checker = new Checker(options.validation?.maxCodeSize ?? mebibyte, (tenantId) => pool.countLoss(tenantId));
  }

  /** Stops the check that runs and gives back what checks took. */
  close(): Promise<void> {
    return this.#checker.close();
  }

  /**
   * Ends with the reason of `signal` when that is aborted.
   *
   * @param admit - is asked with the tier of a specification that has a tenant, before anything costs time
   * @throws {ValidationError}
   */
  async prepare(
    spec: FunctionSpec,
    signal: AbortSignal,
    admit: (tier: TierInForce | undefined) => void | Promise<void>,
  ): Promise<StoredVersion> {
    const name = `${label(String(spec.tenantId))}:${label(String(spec.name))}`;
    const issues = validateFields(spec);
    const asked = this.#tier(spec, issues);
    const inForce = asked instanceof Promise ? await orAborted(asked, signal) : asked;
    const admitted = typeof spec.tenantId === 'string' && admit(inForce);
    if (admitted) await orAborted(admitted, signal);
    const { limits, apis } = applyTier(spec, inForce?.tier ?? nothing);
    issues.push(...checkAsked(spec, inForce), ...this.#unknownApis(apis));
    const code = withoutMark(typeof spec.code === 'string' ? spec.code : '');
    const checked = spec.checked === true ? nothingFound : await this.#check(spec, code, inForce, apis, signal);
    if (typeof spec.code === 'string') issues.push(...checked.issues);
    // Rules that were asked for can't be kept by code that can't be read.
    const hasRules = (this.#options.validation?.rules ?? []).length > 0;
    if (checked.syntax && (issues.length > 0 || hasRules)) issues.push(checked.syntax);
    if (issues.length > 0) throw invalid(name, issues);

    const version = this.#store(spec, { ...limits, apis }, code, inForce);
    // A dry run is an order, whatever is known of the code.
    const warnings =
      spec.checked === true && !spec.dryRun ? [] : await this.#rehearse(name, version.fn, spec.dryRun, checked, signal);
    if (spec.prewarm) await this.#prewarm(name, version.fn, spec.prewarm === true ? 1 : spec.prewarm, checked, signal);
    return { ...version, about: { ...version.about, warnings } };
  }

  async #check(
    spec: FunctionSpec,
    code: string,
    inForce: TierInForce | undefined,
    apis: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<ValidationResult> {
    const { maxCodeSize = mebibyte, rules = ['no-with', 'no-debugger'] } = this.#options.validation ?? {};
    const known = {
      apis: this.#pool.apiNames,
      allowed: apis,
      globals: await orAborted(this.#knownGlobals(rules.includes('unknown-names'), code, spec.web), signal),
      declared: (names: readonly string[]) => this.#pool.declaredNames(names),
    };
    const maxSize = Math.min(maxCodeSize, inForce?.tier.codeSize ?? maxCodeSize);
    this.#pool.checkLosses(String(spec.tenantId));
    const checks = validateCode(this.#checker, String(spec.tenantId), code, maxSize, known, rules);
    return orAborted(checks, signal);
  }

  /** @throws {PlatformError} if it can't be known which tier the tenant is in */
  #tier(
    { tenantId, tier }: FunctionSpec,
    issues: ValidationIssue[],
  ): TierInForce | undefined | Promise<TierInForce | undefined> {
    // Nobody's, and an issue already.
    if (tier === undefined) return typeof tenantId === 'string' ? this.#tiers.of(tenantId) : undefined;
    const found = this.#tiers.named(tier);
    if (!found && typeof tier === 'string') {
      const names = Object.keys(this.#options.tiers ?? {});
      const known = names.length === 0 ? '' : `; there are ${names.join(', ')}`;
      issues.push({ path: ['tier'], message: `there is no tier ${brief(tier)}${known}` });
    }
    return found;
  }

  #unknownApis(apis: readonly string[] | undefined): ValidationIssue[] {
    const exists = (name: string) => this.#pool.apiNames.some((api) => api === name || api.startsWith(`${name}.`));
    return (apis ?? []).flatMap((name, i) =>
      exists(name) ? [] : [{ path: ['apis', i], message: `there is no platform API '${name}'${this.#meant(name)}` }],
    );
  }

  #meant(name: string): string {
    const close = nearest(name, this.#pool.apiNames);
    return close === undefined ? '' : `; did you mean '${close}'?`;
  }

  /** What a guest finds on its `globalThis`, asked of a real one: snapshot and bootstrap may add to it. */
  #knownGlobals(needed: boolean, code: string, asked: unknown): Promise<ReadonlySet<string> | undefined> {
    if (this.#options.validation?.unknownNames === false && !needed) return Promise.resolve(undefined);
    const web = this.#pool.webFor(code, typeof asked === 'boolean' ? asked : undefined);
    const names = this.#globals.get(web) ?? this.#pool.globalNames(web);
    this.#globals.set(web, names);
    // A failure is this deployment's, not that of all later ones.
    names.catch(() => this.#globals.delete(web));
    return names;
  }

  #store(
    spec: FunctionSpec,
    limits: Partial<PoolFunction>,
    code: string,
    inForce: TierInForce | undefined,
  ): StoredVersion {
    const { prewarm: _prewarm, dryRun: _dryRun, tier: _tier, checked: _checked, ...rest } = spec;
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
          streamTimeout: resolved.streamTimeout,
          streamCpuTimeout: resolved.streamCpuTimeout,
          lateTimeout: resolved.lateTimeout,
          lateCpuTimeout: resolved.lateCpuTimeout,
          maxHostCalls: resolved.maxHostCalls,
          maxLogBytes: resolved.maxLogBytes,
        },
        env: asked.env,
        secretNames: Object.keys(asked.secrets),
        apis: fn.apis,
        warnings: [],
      },
    };
  }

  /** Loads the function as every cold start will: V8 has the last word. Answers the warnings that are left. */
  async #rehearse(
    name: string,
    fn: PoolFunction,
    dryRun: FunctionSpec['dryRun'],
    checked: ValidationResult,
    signal: AbortSignal,
  ): Promise<readonly ValidationIssue[]> {
    const { syntax, warnings, names, moreNames, module } = checked;
    try {
      const asked = { names: names.map((unknown) => unknown.name), unread: syntax !== undefined, module };
      const defined = await this.#pool.rehearse(fn, dryRun, signal, asked);
      const unread = syntax ? [{ ...syntax, message: `the code was not checked: ${syntax.message}` }] : [];
      const unknown = names.filter((found) => !defined.has(found.name)).map(({ name: _, ...issue }) => issue);
      return Object.freeze(shorten([...unread, ...warnings, ...unknown], moreNames, 'warnings'));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failedToLoad(name, error, dryRun ? 'dry run' : 'evaluation', () => this.#pool.resolve(fn), checked);
    }
  }

  async #prewarm(
    name: string,
    fn: PoolFunction,
    count: number,
    checked: ValidationResult,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      signal.throwIfAborted();
      await orAborted(this.#pool.prewarm(fn, count), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // The same content was in force and went, while it was on its way back.
      if (error instanceof SupersededError) return this.#prewarm(name, fn, count, checked, signal);
      throw failedToLoad(name, error, 'first load', () => this.#pool.resolve(fn), checked);
    }
  }
}
