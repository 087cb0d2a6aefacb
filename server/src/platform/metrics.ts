import { getProcessStats, type InvocationReport, type PoolStats, type ServerlessRuntime } from 'isolet';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { FunctionCounts } from './function-counts.ts';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What the platform shows of itself beside its runtime. */
export interface Observed {
  /** Functions that were used since the start. */
  readonly loadedFunctions: () => number;
  /** Asynchronous invocations in hand. */
  readonly asyncInvocations: () => number;
}

/** The numbers that Prometheus reads. Those of functions are bounded in number, see {@link FunctionCounts}. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #counts: FunctionCounts;
  readonly #writes: Histogram;
  readonly #errors: Counter;
  /** While the numbers are read: what the pool has is put together once for all of them. */
  #pool: PoolStats | undefined;

  /** @param maxFunctions - functions with numbers of their own */
  constructor(maxFunctions: number) {
    this.#counts = new FunctionCounts(maxFunctions, this.#registry);
    this.#writes = this.#histogram('isolet_storage_write_seconds', 'From asking for a write to its commit.');
    this.#errors = new Counter({
      name: 'isolet_errors_total',
      help: 'Failures of the server itself; its log says more.',
      registers: [this.#registry],
    });
    this.#watchProcess();
  }

  /** In the form that Prometheus reads, and its content type. */
  async read(): Promise<{ text: string; type: string }> {
    try {
      return { text: await this.#registry.metrics(), type: this.#registry.contentType };
    } finally {
      this.#pool = undefined;
    }
  }

  /** A write was kept, or refused, after so many ms. */
  wrote(ms: number): void {
    this.#writes.observe(ms / 1000);
  }

  failed(): void {
    this.#errors.inc();
  }

  /** Counts what a runtime does from here on. */
  watch(runtime: ServerlessRuntime, { loadedFunctions, asyncInvocations }: Observed): void {
    const duration = this.#histogram('isolet_invocation_duration_seconds', 'From the start to the answer.');
    const queue = this.#histogram('isolet_invocation_queue_seconds', 'Waiting for a runtime, cold starts included.');
    runtime.on('invoke', (report: InvocationReport) => {
      duration.observe(report.durationMs / 1000);
      queue.observe(report.queueMs / 1000);
      this.#counts.add(report);
    });
    for (const event of ['load', 'dryRun', 'handedOut', 'late'] as const) {
      runtime.on(event, (report: InvocationReport) => this.#counts.addWork(report));
    }
    const refuse = ({ tenantId, functionName }: { tenantId: string; functionName: string }) =>
      this.#counts.refuse(tenantId, functionName);
    runtime.on('refused', refuse).on('rateLimited', refuse);
    const pool = () => (this.#pool ??= runtime.stats().pool);
    this.#gauge(
      'isolet_runtimes',
      'Runtimes that are there, those being made and closed included.',
      () => pool().runtimes,
    );
    this.#gauge('isolet_runtimes_idle', 'Runtimes that serve no invocation.', () => pool().idle);
    this.#gauge('isolet_invocations_running', 'Invocations that run.', () => pool().active);
    this.#gauge('isolet_invocations_queued', 'Invocations that wait for a runtime.', () => pool().queued);
    this.#gauge('isolet_reserved_bytes', 'Sum of the heap limits of the runtimes.', () => pool().reservedMb * 2 ** 20);
    this.#gauge('isolet_lost_isolates', 'Isolates that could not be stopped.', () => getProcessStats().lostIsolates);
    this.#gauge('isolet_functions_loaded', 'Functions that were used since the start.', loadedFunctions);
    this.#gauge('isolet_async_invocations', 'Asynchronous invocations in hand.', asyncInvocations);
  }

  #watchProcess(): void {
    this.#gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
    this.#gauge('process_start_time_seconds', 'When the process was started.', () => performance.timeOrigin / 1000);
    this.#gauge('process_cpu_seconds_total', 'Processor time of all threads.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    let before = performance.eventLoopUtilization();
    this.#gauge('isolet_event_loop_utilization', 'Share of the time since the last reading.', () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    });
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => gauge.set(read()) });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: seconds, registers: [this.#registry] });
  }
}
