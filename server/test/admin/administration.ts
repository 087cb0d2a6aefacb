import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Answer, ServerProcess } from '../server-process.ts';

/** A server that is administered through HTTP, and what it keeps. */
export class Administration implements AsyncDisposable {
  readonly server: ServerProcess;
  readonly folder: string;

  private constructor(server: ServerProcess, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  /** @param settings - of the configuration's part `server` */
  static async start(settings: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}): Promise<Administration> {
    const folder = await mkdtemp(join(tmpdir(), 'isolet-admin-'));
    const config = join(folder, 'isolet.json');
    await writeFile(config, JSON.stringify({ server: settings }));
    return new Administration(await ServerProcess.start(folder, env, ['--config', config]), folder);
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
    await rm(this.folder, { recursive: true, force: true });
  }
}
