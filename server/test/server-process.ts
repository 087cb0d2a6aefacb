import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const command = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export const adminToken = 'the-token-of-the-platform';

export type DataFolder = AsyncDisposable & { readonly path: string };

/** A folder that goes when the test is over. */
export async function dataFolder(): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'isolet-server-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what an endpoint answers is what its test looks at
  readonly body: any;
}

/** The real process, as people start it. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly child: ChildProcess;
  /** Lines on stderr, the server's log. */
  readonly log: string[];

  private constructor(url: string, child: ChildProcess, log: string[]) {
    this.url = url;
    this.child = child;
    this.log = log;
  }

  /** @param options - further ones of the command line. @param through - a command that becomes the one after it */
  static async start(
    data: string,
    env: NodeJS.ProcessEnv = {},
    options: string[] = [],
    through: string[] = [],
  ): Promise<ServerProcess> {
    const settings = { ISOLET_SERVER_PORT: '0', ISOLET_SERVER_DATA: data, ISOLET_SERVER_ADMIN_TOKEN: adminToken };
    const [file, ...args] = [...through, process.execPath, command, 'serve', ...options] as [string, ...string[]];
    const child = spawn(file, args, {
      env: { PATH: process.env['PATH'], ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the server ended (${code ?? signal}) before it was ready:\n${log.join('\n')}`);
    });
    const [first] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
    ended.catch(() => {});
    const { event, url } = JSON.parse(first);
    if (event !== 'ready') throw new Error(`the first line is ${first}`);
    return new ServerProcess(url, child, log);
  }

  /** @param settings - of the configuration's part `server`; the file stands in the data folder */
  static async startWith(data: string, settings: object, env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const file = join(data, 'isolet.json');
    await writeFile(file, JSON.stringify({ server: settings }));
    return ServerProcess.start(data, env, ['--config', file]);
  }

  /** Asks with the platform's token, or the one in `headers`. A body that is no string goes as JSON. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** @returns the exit code, or the signal that ended it */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return this.child.exitCode ?? (this.child.signalCode as string);
    }
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code, by] = await exited;
    return code ?? by;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
