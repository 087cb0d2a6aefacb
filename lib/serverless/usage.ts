import { byId } from '../options/by-id.ts';
import type { InvocationReport, Outcome } from '../pool/events.ts';
import { gibMs } from '../pool/report.ts';

/** What was used. Sums are kept in whole units, so that they equal the sum of the reports exactly. */
export interface Usage {
  /** Invocations that got a runtime and were answered. */
  invocations: number;
  outcomes: Partial<Record<Outcome, number>>;
  coldStarts: number;
  durationMs: number;
  cpuMs: number;
  /** Memory limit × duration in GiB·ms. */
  gbMs: number;
  hostCalls: number;
  /** Refused before they got a runtime; not part of anything above. */
  refused: number;
  rateLimited: number;
}

class Account {
  #invocations = 0;
  readonly #outcomes: Partial<Record<Outcome, number>> = {};
  #coldStarts = 0;
  #durationMicros = 0;
  #cpuMicros = 0;
  #mibMicros = 0;
  #hostCalls = 0;
  refused = 0;
  rateLimited = 0;

  add(report: InvocationReport): void {
    this.#invocations++;
    this.#outcomes[report.outcome] = (this.#outcomes[report.outcome] ?? 0) + 1;
    if (report.coldStart) this.#coldStarts++;
    this.#durationMicros += Math.round(report.durationMs * 1000);
    this.#cpuMicros += Math.round(report.cpuMs * 1000);
    this.#mibMicros += Math.round(report.gbMs * 1024 * 1000);
    this.#hostCalls += report.hostCalls;
  }

  read(): Usage {
    return {
      invocations: this.#invocations,
      outcomes: { ...this.#outcomes },
      coldStarts: this.#coldStarts,
      durationMs: this.#durationMicros / 1000,
      cpuMs: this.#cpuMicros / 1000,
      gbMs: gibMs(this.#mibMicros),
      hostCalls: this.#hostCalls,
      refused: this.refused,
      rateLimited: this.rateLimited,
    };
  }
}

/** Usage of a tenant, as a whole and by function name. A function's usage outlives its undeployment. */
export interface TenantUsage extends Usage {
  functions: Record<string, Usage>;
}

/** The books: one account per tenant and one per function. */
export class Ledger {
  readonly #tenants = new Map<string, { total: Account; functions: Map<string, Account> }>();

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

  #accounts(tenantId: string, functionName: string): [Account, Account] {
    const tenant = this.#tenants.get(tenantId) ?? { total: new Account(), functions: new Map<string, Account>() };
    this.#tenants.set(tenantId, tenant);
    const account = tenant.functions.get(functionName) ?? new Account();
    tenant.functions.set(functionName, account);
    return [tenant.total, account];
  }
}
