// A folder on a disk whose power fails: see disk.cc.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether this machine can have one. */
export const hasDisk = process.platform === 'linux';

/** Builds what stands between a process and its disk. @returns the file that is loaded for that */
export async function buildDisk(folder: string): Promise<string> {
  const library = join(folder, 'disk.so');
  const source = fileURLToPath(new URL('disk.cc', import.meta.url));
  await run(process.env['CXX'] ?? 'g++', ['-std=c++20', '-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}

export class Disk {
  /** What processes write into. */
  readonly path: string;
  readonly #kept: string;
  readonly #library: string;

  private constructor(path: string, kept: string, library: string) {
    this.path = path;
    this.#kept = kept;
    this.#library = library;
  }

  /** @param folder - where it is put. @param before - a folder that it has all of at first */
  static async make(library: string, folder: string, before?: string): Promise<Disk> {
    const disk = new Disk(join(folder, 'data'), join(folder, 'kept'), library);
    for (const kept of ['files', 'folders']) await mkdir(join(disk.#kept, kept), { recursive: true });
    if (before === undefined) await mkdir(disk.path);
    else await cp(before, disk.path, { recursive: true });
    await disk.#keepAll(disk.path);
    return disk;
  }

  /** For processes whose disk this is. */
  get env(): NodeJS.ProcessEnv {
    return { LD_PRELOAD: this.#library, DISK_FOLDER: this.path, DISK_KEPT: this.#kept };
  }

  /** The power fails, and comes back: what is on the disk then, in another folder. */
  async fail(folder: string): Promise<string> {
    await this.#bringBack((await stat(this.path)).ino, folder);
    return folder;
  }

  async #keepAll(folder: string): Promise<void> {
    const lines: string[] = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const found = await stat(path);
      lines.push(`${found.ino} ${found.isDirectory() ? 'd' : 'f'} ${name}\n`);
      if (found.isDirectory()) await this.#keepAll(path);
      else await cp(path, join(this.#kept, 'files', String(found.ino)));
    }
    await writeFile(join(this.#kept, 'folders', String((await stat(folder)).ino)), lines.join(''));
  }

  async #bringBack(inode: number | string, folder: string): Promise<void> {
    await mkdir(folder);
    const nothing = () => Buffer.alloc(0);
    const lines = String(await readFile(join(this.#kept, 'folders', String(inode))).catch(nothing)).split('\n');
    for (const line of lines) {
      const [, of, kind, name] = /^(\d+) ([fd]) (.*)$/.exec(line) ?? [];
      if (of === undefined || name === undefined) continue;
      if (kind === 'd') await this.#bringBack(of, join(folder, name));
      else await writeFile(join(folder, name), await readFile(join(this.#kept, 'files', of)).catch(nothing));
    }
  }
}
