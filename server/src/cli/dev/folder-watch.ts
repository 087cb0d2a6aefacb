// Folders, watched: which paths may have changed since it was last told. Folders are watched and not files, so a file that
// is written right after it was made is not missed, and neither is one that another takes the place of.
import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

/** ms that nothing happens before it is told: a file is often emptied first and then written. */
const calm = 10;
/** ms after which it is told all the same. */
const patience = 100;

export interface FolderWatchParts {
  /** Watched with all folders below it. Absolute. */
  readonly root: string;
  /** Names of folders that are left out. */
  readonly unwatched: readonly string[];
  readonly changed: (paths: ReadonlySet<string>) => void;
  /** A folder can't be watched. */
  readonly failed: (error: Error) => void;
}

export class FolderWatch {
  readonly #parts: FolderWatchParts;
  readonly #watched = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  /** Folders that are not below the root, each watched alone. */
  readonly #others = new Set<string>();
  #paths = new Set<string>();
  /** Whether files came or went, and folders maybe with them. */
  #isMoved = false;
  /** When the first of `#paths` was seen, ms. */
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #isStarted = false;
  #closed = false;

  constructor(parts: FolderWatchParts) {
    this.#parts = parts;
  }

  /** Resolves when every change from now on will be told. */
  async start(): Promise<void> {
    await this.#next(() => this.#refresh());
    this.#isStarted = true;
  }

  /** Watches folders outside of the root too. What of them is new may have changed. */
  add(folders: readonly string[]): void {
    const { root, unwatched } = this.#parts;
    const isLeftOut = (folder: string) => folder.split(/[\\/]/).some((part) => unwatched.includes(part));
    const added = folders.filter((one) => relative(root, one).startsWith('..') && !isLeftOut(one));
    for (const folder of added) this.#others.add(folder);
    if (added.length > 0) void this.#next(() => Promise.all(added.map((folder) => this.#visit(folder, new Set()))));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#work;
    for (const folder of this.#watched.keys()) this.#forget(folder);
  }

  /** One at a time: of two that look at once, one would forget what the other has just found. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done;
    return done;
  }

  async #refresh(): Promise<void> {
    const seen = new Set<string>();
    await this.#visitAll(this.#parts.root, seen);
    for (const folder of this.#others) await this.#visit(folder, seen);
    for (const folder of this.#watched.keys()) if (!seen.has(folder)) this.#forget(folder);
  }

  async #visitAll(folder: string, seen: Set<string>): Promise<void> {
    // Watched first, then read: what comes in between is seen twice, and not missed.
    if (!(await this.#visit(folder, seen))) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((one) => one.isDirectory() && !this.#parts.unwatched.includes(one.name));
    await Promise.all(folders.map(({ name }) => this.#visitAll(join(folder, name), seen)));
  }

  /** @returns whether it is there */
  async #visit(folder: string, seen: Set<string>): Promise<boolean> {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory() || this.#closed) return false;
    seen.add(folder);
    const identity = `${found.ino} ${found.birthtimeMs}`;
    if (this.#watched.get(folder)?.identity === identity) return true;
    this.#forget(folder);
    try {
      const watcher = watch(folder, (event, name) => this.#heard(folder, event, name));
      watcher.on('error', () => this.#forget(folder));
      this.#watched.set(folder, { watcher, identity });
      if (this.#isStarted) this.#note(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#parts.failed(error as Error);
    }
    return true;
  }

  #forget(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }

  #heard(folder: string, event: string, name: string | null): void {
    if (folder === this.#parts.root && name !== null && this.#parts.unwatched.includes(name)) return;
    if (event === 'rename') this.#isMoved = true;
    // It may be the folder itself that is gone, and another of its name and number there.
    if (name === basename(folder)) this.#forget(folder);
    this.#note(name === null ? folder : join(folder, name));
  }

  #note(path: string): void {
    if (this.#closed) return;
    this.#paths.add(path);
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), Math.max(0, Math.min(calm, this.#since + patience - now)));
  }

  #tell(): void {
    void this.#next(async () => {
      const { changed } = this.#parts;
      const [paths, isMoved] = [this.#paths, this.#isMoved];
      [this.#paths, this.#isMoved, this.#since] = [new Set(), false, undefined];
      if (isMoved) await this.#refresh();
      if (!this.#closed) changed(paths);
    });
  }
}
