import { expect } from 'vitest';
import { type Answer, type DataFolder, dataFolder, ServerProcess } from '../server-process.ts';

/** A server that is administered through HTTP, and what it keeps. */
export class Administration implements AsyncDisposable {
  server: ServerProcess;
  readonly #data: DataFolder;
  readonly #settings: Record<string, unknown>;

  private constructor(server: ServerProcess, data: DataFolder, settings: Record<string, unknown>) {
    this.server = server;
    this.#settings = settings;
    this.#data = data;
  }

  get folder(): string {
    return this.#data.path;
  }

  /** @param settings - of the configuration's part `server` */
  static async start(settings: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}): Promise<Administration> {
    const data = await dataFolder();
    return new Administration(await ServerProcess.startWith(data.path, settings, env), data, settings);
  }

  /** The same again, after the process was killed. */
  async restart(): Promise<void> {
    await this.server.end('SIGKILL');
    this.server = await ServerProcess.startWith(this.folder, this.#settings);
  }

  /** Asks as whoever has the token; without one as the platform. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const authorization: Record<string, string> =
      token === undefined ? {} : { authorization: token === '' ? '' : `Bearer ${token}` };
    return this.server.ask(method, `/v1${path}`, body, { ...authorization, ...headers });
  }

  /** Asks as the platform, for what has to work. */
  async done(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await this.ask(method, path, body, undefined, headers);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  }

  /** A new token. */
  async token(spec: Record<string, unknown>): Promise<{ id: string; token: string }> {
    return this.done('POST', '/tokens', spec);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.end('SIGKILL');
    await this.#data[Symbol.asyncDispose]();
  }
}
