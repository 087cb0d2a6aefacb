import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { command } from '../server-process.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder, with the command in it. */
export class ProjectFolder implements AsyncDisposable {
  readonly path: string;
  readonly #running: ChildProcess[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<ProjectFolder> {
    return new ProjectFolder(await mkdtemp(join(tmpdir(), 'isolet-project-')));
  }

  async write(file: string, text: string): Promise<void> {
    const path = join(this.path, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  /** Runs the command to its end. */
  async run(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: this.path,
      env: { PATH: process.env['PATH'], ...env },
    });
    const exit = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    child.stdin.end(input);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    return { code, stdout, stderr };
  }

  /** Starts `dev`, whose events come one after the other. */
  async dev(...args: string[]): Promise<Dev> {
    const child = spawn(process.execPath, [command, 'dev', '--port', '0', '--json', ...args], {
      cwd: this.path,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.push(child);
    return new Dev(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has members of its own
type Event = any;

export class Dev {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.child = child;
    this.#lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** The next event of this kind; others before it are passed over. */
  async next(kind: string): Promise<Event> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`dev ended before an event '${kind}'`);
      const event = JSON.parse(value);
      if (event.event === kind) return event;
    }
  }

  /** @returns its exit code */
  async end(): Promise<number | null> {
    const exit = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    return exit;
  }
}
