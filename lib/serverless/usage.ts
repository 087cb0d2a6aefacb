import { byId } from '../options/by-id.ts';
import type { InvocationReport, Outcome, Work } from '../pool/report/events.ts';
import { gibMs } from '../pool/report/report.ts';
import type { EgressUse } from '../web/egress/book.ts';

/** What one kind of work took. */
export interface WorkUsage {
  /** Number of reports. */
  count: number;
  durationMs: number;
  cpuMs: number;
  /** Memory limit × duration in GiB·ms. */
  gbMs: number;
  hostCalls: number;
  /** What was fetched through `egress`. */
  egress: EgressUse;
}

/** What was used. Sums are kept in whole units, so that they equal the sum of the reports exactly. */
export interface Usage extends Omit<WorkUsage, 'count'> {
  /** Invocations that got a runtime and were answered; dry runs are none. */
  invocations: number;
  /** How these ended. */
  outcomes: Partial<Record<Outcome, number>>;
  /** Those of them that waited for a runtime to be made. */
  coldStarts: number;
  /** The parts of `durationMs`, `cpuMs`, `gbMs`, `hostCalls` and `egress`, by what they were used for. */
  work: Record<Work, WorkUsage>;
  /** Refused before they got a runtime; not part of anything above. */
  refused: number;
  rateLimited: number;
}

class Sums {
  count = 0;
  #durationMicros = 0;
  #cpuMicros = 0;
  #mibMicros = 0;
  #hostCalls = 0;
  readonly #egress: EgressUse = { requests: 0, refused: 0, bytesSent: 0, bytesReceived: 0 };

  add(report: InvocationReport): void {
    this.count++;
    this.#durationMicros += Math.round(report.durationMs * 1000);
    this.#cpuMicros += Math.round(report.cpuMs * 1000);
    this.#mibMicros += Math.round(report.gbMs * 1024 * 1000);
    this.#hostCalls += report.hostCalls;
    const { egress } = report;
    if (!egress) return;
    for (const name of Object.keys(egress) as (keyof EgressUse)[]) this.#egress[name] += egress[name];
  }

  read(): Omit<WorkUsage, 'count'> {
    return {
      durationMs: this.#durationMicros / 1000,
      cpuMs: this.#cpuMicros / 1000,
      gbMs: gibMs(this.#mibMicros),
      hostCalls: this.#hostCalls,
      egress: { ...this.#egress },
    };
  }
}

const kinds: readonly Work[] = ['invocation', 'dryRun', 'load', 'handedOut', 'late'];

class Account {
  readonly #all = new Sums();
  readonly #work = Object.fromEntries(kinds.map((work) => [work, new Sums()])) as Record<Work, Sums>;
  readonly #outcomes: Partial<Record<Outcome, number>> = {};
  #coldStarts = 0;
  refused = 0;
  rateLimited = 0;

  add(report: InvocationReport): void {
    this.#all.add(report);
    this.#work[report.work].add(report);
    if (report.work !== 'invocation') return;
    this.#outcomes[report.outcome] = (this.#outcomes[report.outcome] ?? 0) + 1;
    if (report.coldStart) this.#coldStarts++;
  }

  read(): Usage {
    const work = kinds.map((kind) => [kind, { count: this.#work[kind].count, ...this.#work[kind].read() }]);
    return {
      invocations: this.#work.invocation.count,
      outcomes: { ...this.#outcomes },
      coldStarts: this.#coldStarts,
      ...this.#all.read(),
      work: Object.fromEntries(work),
      refused: this.refused,
      rateLimited: this.rateLimited,
    };
  }
}

/** Usage of a tenant, as a whole and by function name. A function's usage outlives its undeployment. */
export interface TenantUsage extends Usage {
  /** Without a prototype: names are the tenant's. */
  functions: Record<string, Usage>;
}

/** The books: one account per tenant and one per function. Ids are the tenants' choice: what is keyed by them inherits nothing. */
export class Ledger {
  readonly #tenants = new Map<string, { total: Account; functions: Map<string, Account> }>();

  get tenantIds(): Iterable<string> {
    return this.#tenants.keys();
  }

  add(report: InvocationReport): void {
    for (const account of this.#accounts(report.tenantId, report.functionName)) account.add(report);
  }

  refused(tenantId: string, functionName: string, kind: 'refused' | 'rateLimited'): void {
    for (const account of this.#accounts(tenantId, functionName)) account[kind]++;
  }

  read(): Record<string, TenantUsage> {
    return byId([...this.#tenants.keys()].map((tenantId) => [tenantId, this.readTenant(tenantId)]));
  }

  readTenant(tenantId: string): TenantUsage {
    const tenant = this.#tenants.get(tenantId);
    const functions = [...(tenant?.functions ?? [])].map(([name, account]) => [name, account.read()] as const);
    return { ...(tenant?.total ?? new Account()).read(), functions: byId(functions) };
  }

  take(): Record<string, TenantUsage> {
    const taken = this.read();
    this.#tenants.clear();
    return taken;
  }

  takeTenant(tenantId: string): TenantUsage {
    const taken = this.readTenant(tenantId);
    this.#tenants.delete(tenantId);
    return taken;
  }

  #accounts(tenantId: string, functionName: string): [Account, Account] {
    const tenant = this.#tenants.get(tenantId) ?? { total: new Account(), functions: new Map<string, Account>() };
    this.#tenants.set(tenantId, tenant);
    const account = tenant.functions.get(functionName) ?? new Account();
    tenant.functions.set(functionName, account);
    return [tenant.total, account];
  }
}
