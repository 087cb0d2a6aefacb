import type { InvocationReport, ServerlessRuntime } from 'isolet';
import type { KeptLogLine, LogLine } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { type LogFilter, type LogPage, type LogPlace, readPage, skipBehind } from './log-pages.ts';
import { LogRoom } from './log-room.ts';
import type { SourceMaps } from './source-maps.ts';
import type { Tenants } from './tenants.ts';

/** Names the version of the server that a version of the runtime is. */
export type NameVersion = (tenant: string, name: string, version: string) => string | undefined;

type FailedReport = InvocationReport & { error?: unknown };
type Origin = Pick<InvocationReport, 'tenantId' | 'functionName' | 'version'> & { invocationId: string | undefined };

/** ms that lines gather before they are kept, and with that told to listeners. */
const gatherTime = 100;
/** What is left of the lines of a tenant that has too many, so that they are not too many at once again. */
const leftOver = 0.9;
/** Lines that are taken away in one step: others write between. */
const step = 1000;

/** What functions write, and how their invocations failed: kept for a while, and told to whoever follows. */
export class Logs {
  readonly #storage: Storage;
  readonly #tenants: Tenants;
  readonly #maps: SourceMaps;
  readonly #listeners = new Map<string, Set<(lines: readonly KeptLogLine[]) => void>>();
  readonly #onError: (error: unknown) => void;
  readonly #stopped = new AbortController();
  readonly #room = new LogRoom();
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
    this.#room.add(line);
    this.#timer ??= setTimeout(() => void this.flush(), gatherTime).unref();
  }

  /** Lines that are kept, those that gather included. @throws {ServerError} if there is no such tenant */
  async page(tenant: string, filter: LogFilter, place: LogPlace, limit: number): Promise<LogPage> {
    await this.#tenants.get(tenant);
    await this.flush();
    return readPage(this.#storage, tenant, filter, place, limit);
  }

  /** Bytes that are kept of a tenant. */
  async bytes(tenant: string): Promise<number> {
    await this.flush();
    return this.#storage.logs.bytes(tenant);
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
    if (this.#room.isEmpty) return;
    this.#flushing = this.#keep().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #keep(): Promise<void> {
    const { lines: written, dropped } = this.#room.take();
    if (dropped > 0) {
      this.#onError(new Error(`${dropped} lines of functions were dropped: more came than could be kept`));
    }
    const lines = await Promise.all(written.map((line) => this.#mapped(line)));
    try {
      const { first, bytes } = await this.#storage.logs.append(lines);
      this.#tell(lines.map((line, i) => ({ ...line, seq: first + i })));
      for (const [tenant, kept] of bytes) await this.#trim(tenant, kept);
    } catch (error) {
      this.#onError(error);
      this.#onError(new Error(`${lines.length} lines of functions could not be kept`));
    }
  }

  /** A tenant's oldest lines go when it has more than its tier allows. */
  async #trim(tenant: string, kept: number): Promise<void> {
    const { keptLogBytes } = this.#tenants.limitsOf(tenant);
    if (kept <= keptLogBytes) return;
    const enough = Math.floor(keptLogBytes * leftOver);
    while ((await this.#storage.logs.trim(tenant, enough, step)) > enough);
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
