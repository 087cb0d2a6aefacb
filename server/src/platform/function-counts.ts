import type { InvocationReport } from 'isolet';
import { Counter, type Registry } from 'prom-client';

interface Counts {
  readonly tenant: string;
  readonly function: string;
  readonly outcomes: Map<string, number>;
  coldStarts: number;
  refused: number;
  cpuMs: number;
  hostCalls: number;
}

/**
 * Sums by function. Who comes when there are as many as may be is counted together with all further ones, as `other`: a
 * series for each of many thousands would cost whoever reads them more than they tell.
 */
export class FunctionCounts {
  readonly #most: number;
  readonly #functions = new Map<string, Map<string, Counts>>();
  readonly #others = countsOf('other', 'other');
  #count = 0;

  constructor(most: number, registry: Registry) {
    this.#most = most;
    this.#counter(registry, 'isolet_cold_starts_total', 'Invocations that waited for a runtime.', 'coldStarts');
    this.#counter(registry, 'isolet_refused_total', 'Invocations that were not started.', 'refused');
    this.#counter(registry, 'isolet_cpu_seconds_total', 'Processor time of all work of functions.', 'cpuMs', 1000);
    this.#counter(registry, 'isolet_host_calls_total', 'Calls of the platform by functions.', 'hostCalls');
    const invocations: Counter<'tenant' | 'function' | 'outcome'> = new Counter({
      name: 'isolet_invocations_total',
      help: 'Invocations that were answered, by how they ended.',
      labelNames: ['tenant', 'function', 'outcome'],
      registers: [registry],
      collect: () => {
        invocations.reset();
        for (const { tenant, function: name, outcomes } of this.#all()) {
          for (const [outcome, count] of outcomes) invocations.inc({ tenant, function: name, outcome }, count);
        }
      },
    });
  }

  /** An invocation and its work. */
  add(report: InvocationReport): void {
    const counts = this.#of(report.tenantId, report.functionName);
    counts.outcomes.set(report.outcome, (counts.outcomes.get(report.outcome) ?? 0) + 1);
    if (report.coldStart) counts.coldStarts++;
    addWork(counts, report);
  }

  /** Work that is no invocation. */
  addWork(report: InvocationReport): void {
    addWork(this.#of(report.tenantId, report.functionName), report);
  }

  refuse(tenant: string, name: string): void {
    this.#of(tenant, name).refused++;
  }

  #of(tenant: string, name: string): Counts {
    const known = this.#functions.get(tenant)?.get(name);
    if (known) return known;
    if (this.#count >= this.#most) return this.#others;
    const functions = this.#functions.get(tenant) ?? new Map<string, Counts>();
    const counts = countsOf(tenant, name);
    this.#functions.set(tenant, functions.set(name, counts));
    this.#count++;
    return counts;
  }

  *#all(): Generator<Counts> {
    for (const functions of this.#functions.values()) yield* functions.values();
    if (this.#count >= this.#most) yield this.#others;
  }

  #counter(
    registers: Registry,
    name: string,
    help: string,
    field: 'coldStarts' | 'refused' | 'cpuMs' | 'hostCalls',
    unit = 1,
  ): void {
    const counter: Counter<'tenant' | 'function'> = new Counter({
      ...{ name, help, labelNames: ['tenant', 'function'], registers: [registers] },
      collect: () => {
        counter.reset();
        for (const counts of this.#all()) {
          counter.inc({ tenant: counts.tenant, function: counts.function }, counts[field] / unit);
        }
      },
    });
  }
}

const countsOf = (tenant: string, name: string): Counts => ({
  ...{ tenant, function: name, outcomes: new Map(), coldStarts: 0, refused: 0, cpuMs: 0, hostCalls: 0 },
});

function addWork(counts: Counts, { cpuMs, hostCalls }: InvocationReport): void {
  counts.cpuMs += cpuMs;
  counts.hostCalls += hostCalls;
}
