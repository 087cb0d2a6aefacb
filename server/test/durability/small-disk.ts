// A disk of a few megabytes, which tests fill up: a file system in memory that only processes started through it see.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const ownMounts = ['--user', '--map-root-user', '--mount'];

/** Whether this machine lets a user have one. */
export const hasSmallDisk =
  process.platform === 'linux' &&
  spawnSync('unshare', [...ownMounts, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0 &&
  spawnSync('nsenter', ['--version']).status === 0;

export class SmallDisk implements AsyncDisposable {
  /** As the processes on it see it. */
  readonly path: string;
  readonly #keeper: ChildProcess;

  private constructor(path: string, keeper: ChildProcess) {
    this.path = path;
    this.#keeper = keeper;
  }

  /** @param path - an empty folder. @param size - bytes */
  static async make(path: string, size: number): Promise<SmallDisk> {
    const script = 'mount -t tmpfs -o size="$1" none "$0" && echo ready && exec sleep 3600';
    const keeper = spawn('unshare', [...ownMounts, 'sh', '-c', script, path, String(size)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new SmallDisk(path, keeper);
  }

  /** What a command on this disk is started through. */
  get through(): string[] {
    return ['nsenter', '--target', String(this.#keeper.pid), '--user', '--mount', '--preserve-credentials', '--'];
  }

  /** Takes all the room there is. */
  async fill(): Promise<void> {
    const filler = await open(join(this.#seen, `filler-${(await readdir(this.#seen)).length}`), 'w');
    try {
      for (const part of [65_536, 4096]) {
        const bytes = Buffer.alloc(part, 1);
        while (
          await filler.write(bytes).then(
            ({ bytesWritten }) => bytesWritten === part,
            () => false,
          )
        );
      }
    } finally {
      await filler.close();
    }
  }

  /** Gives it back. */
  async free(): Promise<void> {
    const fillers = (await readdir(this.#seen)).filter((name) => name.startsWith('filler-'));
    for (const name of fillers) await rm(join(this.#seen, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#keeper, 'exit');
    this.#keeper.kill('SIGKILL');
    await exit;
  }

  /** As this process sees it. */
  get #seen(): string {
    return `/proc/${this.#keeper.pid}/root${this.path}`;
  }
}
