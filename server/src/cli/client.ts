// The administration of a server, from outside.
import { CommandError, type ExitCode, exitCodes } from './exit-codes.ts';

export interface Target {
  readonly url: string;
  readonly token: string | undefined;
}

export interface Ask {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const tenantPath = (tenant: string, ...rest: readonly string[]) => ['v1', 'tenants', tenant, ...rest];
export const functionPath = (tenant: string, name: string, ...rest: readonly string[]) =>
  tenantPath(tenant, 'functions', name, ...rest);

export class Client {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The answer's JSON; `undefined` of an empty one. @throws {CommandError} */
  async json<T = unknown>(path: readonly string[], ask: Ask = {}): Promise<T> {
    const response = await this.send(path, ask);
    const text = await response.text();
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new CommandError(exitCodes.server, `${this.#target.url} answered with something that is no JSON`);
    }
  }

  /** The answer, if it is a good one. @param path - its parts, not encoded. @throws {CommandError} */
  async send(
    path: readonly string[],
    { method = 'GET', query = {}, body, signal, accept, headers: more }: Ask = {},
  ): Promise<Response> {
    const url = new URL(`/${path.map(encodeURIComponent).join('/')}`, this.#target.url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const headers: Record<string, string> = { accept: accept ?? 'application/json', ...more };
    if (this.#target.token) headers.authorization = `Bearer ${this.#target.token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }).catch((error: Error) => {
      if (signal?.aborted) throw error;
      const why = (error.cause as { code?: string } | undefined)?.code ?? error.message;
      throw new CommandError(exitCodes.server, `no answer from ${this.#target.url}: ${why}`, { url: this.#target.url });
    });
    if (response.ok) return response;
    throw problem(response.status, await response.text());
  }
}

interface ProblemDocument {
  readonly detail?: string;
  readonly code?: string;
  readonly issues?: readonly {
    readonly message: string;
    readonly path?: unknown;
    readonly line?: number;
    readonly column?: number;
  }[];
}

function problem(status: number, text: string): CommandError {
  let document: ProblemDocument = {};
  try {
    document = JSON.parse(text) as ProblemDocument;
  } catch {
    document = { detail: `the server answered ${status}` };
  }
  const issues = (document.issues ?? []).map(({ message, line, column }) => {
    const place = line === undefined ? '' : `${line}:${column ?? 1}: `;
    return `\n  ${place}${message}`;
  });
  const hint = status === 401 ? ' (--token, ISOLET_SERVER_TOKEN)' : '';
  return new CommandError(exitOf(status, document.code), `${document.detail ?? status}${hint}${issues.join('')}`, {
    status,
    ...document,
  });
}

function exitOf(status: number, code = ''): ExitCode {
  if (status === 401 || status === 403) return exitCodes.denied;
  if (status === 404) return exitCodes.absent;
  if (status >= 500 && code.startsWith('ERR_ISOLET_SERVER_')) return exitCodes.server;
  return exitCodes.failed;
}
