import type { InvocationReport, ServerlessRuntime } from 'isolet';
import type { KeptLogLine, LogLine } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { type LogFilter, type LogPage, type LogPlace, readPage, skipBehind } from './log-pages.ts';
import type { SourceMaps } from './source-maps.ts';
import type { Tenants } from './tenants.ts';

/** Names the version of the server that a version of the runtime is. */
export type NameVersion = (tenant: string, name: string, version: string) => string | undefined;

type FailedReport = InvocationReport & { error?: unknown };
type Origin = Pick<InvocationReport, 'tenantId' | 'functionName' | 'version'> & { invocationId: string | undefined };

/** ms that lines gather before they are kept, and with that told to listeners. */
const gatherTime = 100;
/** Lines that may wait for the disk; further ones are counted. */
const mostWaiting = 50_000;

/** What functions write, and how their invocations failed: kept for a while, and told to whoever follows. */
export class Logs {
  readonly #storage: Storage;
  readonly #tenants: Tenants;
  readonly #maps: SourceMaps;
  readonly #listeners = new Map<string, Set<(lines: readonly KeptLogLine[]) => void>>();
  readonly #onError: (error: unknown) => void;
  readonly #stopped = new AbortController();
  #waiting: LogLine[] = [];
  #dropped = 0;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onError - is told when lines could not be kept */
  constructor(
    storage: Storage,
    tenants: Tenants,
    maps: SourceMaps,
    runtime: ServerlessRuntime,
    nameVersion: NameVersion,
    onError: (error: unknown) => void,
  ) {
    this.#storage = storage;
    this.#tenants = tenants;
    this.#maps = maps;
    this.#onError = onError;
    const originOf = ({ tenantId, functionName, version, invocationId }: Origin) => ({
      ...{ tenant: tenantId, function: functionName, invocation: invocationId },
      version: nameVersion(tenantId, functionName, version),
    });
    runtime.on('log', (line) => {
      const { level, time, message } = line;
      this.write({ ...originOf(line), at: time, level: level === 'log' ? 'info' : level, text: message });
    });
    const failure = (report: FailedReport) => {
      const { outcome, error } = report;
      // Who left is no failure of the function.
      if (error === undefined || outcome === 'ok' || outcome === 'aborted') return;
      this.write({ ...originOf(report), at: Date.now(), level: 'error', text: textOf(error) });
    };
    runtime.on('invoke', failure).on('load', failure).on('handedOut', failure).on('late', failure);
  }

  /** Keeps a line soon. */
  write(line: LogLine): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#timer ??= setTimeout(() => void this.flush(), gatherTime).unref();
  }

  /** Lines that are kept, those that gather included. @throws {ServerError} if there is no such tenant */
  async page(tenant: string, filter: LogFilter, place: LogPlace, limit: number): Promise<LogPage> {
    await this.#tenants.get(tenant);
    await this.flush();
    return readPage(this.#storage, tenant, filter, place, limit);
  }

  /** The number of the last line of all. */
  async last(): Promise<number> {
    await this.flush();
    return this.#storage.logs.last();
  }

  /** See {@link skipBehind}. */
  skip(tenant: string, name: string | undefined, place: number, most: number, left: number) {
    return skipBehind(this.#storage, tenant, name, place, most, left);
  }

  /** Aborts when whoever follows lines should go. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Has everybody who follows look whether it still may. */
  wake(): void {
    for (const listeners of this.#listeners.values()) for (const listener of [...listeners]) listener([]);
  }

  /** Tells of lines as they are kept, and of none when it is time to look around. @returns ends that */
  follow(tenant: string, filter: LogFilter, listener: (lines: readonly KeptLogLine[]) => void): () => void {
    const listeners = this.#listeners.get(tenant) ?? new Set();
    this.#listeners.set(tenant, listeners);
    const own = (lines: readonly KeptLogLine[]) => {
      const wanted = lines.filter((line) => isWanted(line, filter));
      if (wanted.length > 0 || lines.length === 0) listener(wanted);
    };
    listeners.add(own);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(tenant) === listeners) this.#listeners.delete(tenant);
    };
  }

  /** Resolves when what was written before is kept. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#flushing) await this.#flushing;
    if (this.#waiting.length === 0) return;
    this.#flushing = this.#keep().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #keep(): Promise<void> {
    const written = this.#waiting;
    this.#waiting = [];
    const lines = await Promise.all(written.map((line) => this.#mapped(line)));
    try {
      const first = await this.#storage.logs.append(lines);
      this.#tell(lines.map((line, i) => ({ ...line, seq: first + i })));
    } catch (error) {
      this.#dropped += lines.length;
      this.#onError(error);
      return;
    }
    if (this.#dropped === 0) return;
    this.#onError(new Error(`${this.#dropped} lines of functions were dropped: more came than could be kept`));
    this.#dropped = 0;
  }

  async #mapped(line: LogLine): Promise<LogLine> {
    return { ...line, text: await this.#maps.map(line.tenant, line.function, line.version, line.text) };
  }

  #tell(lines: readonly KeptLogLine[]): void {
    if (this.#listeners.size === 0) return;
    for (const [tenant, listeners] of this.#listeners) {
      const own = lines.filter((line) => line.tenant === tenant);
      for (const listener of own.length > 0 ? [...listeners] : []) listener(own);
    }
  }
}

function isWanted(line: KeptLogLine, filter: LogFilter): boolean {
  if (filter.function !== undefined && line.function !== filter.function) return false;
  if (filter.invocation !== undefined && line.invocation !== filter.invocation) return false;
  if (filter.levels !== undefined && !filter.levels.includes(line.level)) return false;
  return filter.contains === undefined || line.text.includes(filter.contains);
}

/** An error as the function's owner may see it: with the guest's stack. */
function textOf(error: unknown): string {
  const { name, message, stack } = error as Partial<Error>;
  const { code } = error as { code?: unknown };
  if (code === 'ERR_ISOLET_JAVASCRIPT' && typeof stack === 'string') return stack;
  return name === undefined ? String(error) : `${name}: ${message}`;
}
