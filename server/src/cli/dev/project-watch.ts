// The project's files, watched: which functions a change reaches, and which come and go.
import { dirname, join, relative } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Project } from '../project.ts';
import { LiveFunction, type LiveParts } from './live-function.ts';

/** What no function is made of by its author's hand. */
const unwatched = /(?:^|[\\/])(?:node_modules|\.git|\.isolet)(?:$|[\\/])/;

export interface ProjectWatchParts extends Omit<LiveParts, 'watch' | 'folder'> {
  /** The project as its files are now. @throws {CommandError} */
  readonly read: () => Project;
  /** A function is no longer part of the project. */
  readonly remove: (name: string) => Promise<void>;
  /** The project's file says something that cannot be. */
  readonly misread: (error: Error) => void;
}

export class ProjectWatch {
  readonly #parts: ProjectWatchParts;
  readonly #functions = new Map<string, LiveFunction>();
  #project: Project;
  #watcher: FSWatcher | undefined;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(project: Project, parts: ProjectWatchParts) {
    this.#project = project;
    this.#parts = parts;
  }

  /** Resolves when every function was deployed, or told of as broken. */
  async start(): Promise<void> {
    const { folder } = this.#project;
    // All of the folder: a file that is watched from its first build on only could have changed before that began.
    this.#watcher = watch(folder, { ignoreInitial: true, ignored: (path) => unwatched.test(relative(folder, path)) });
    const ready = new Promise<void>((resolve) => this.#watcher?.once('ready', () => resolve()));
    this.#watcher.on('all', (event, path) => this.#next(() => this.#changed(event, path)));
    await ready;
    await this.#next(() => this.#refresh());
  }

  async close(): Promise<void> {
    await this.#watcher?.close();
    await this.#changes;
    await Promise.all([...this.#functions.values()].map((one) => one.close()));
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(work);
    this.#changes = done.catch((error: Error) => this.#parts.misread(error));
    return this.#changes as Promise<void>;
  }

  async #changed(event: string, path: string): Promise<void> {
    if (event === 'addDir') return;
    const { folder, file } = this.#project;
    const isOfProject = path === file || path.startsWith(join(folder, 'functions')) || dirname(path) === folder;
    if (event === 'change' ? path !== file : !isOfProject) {
      const reached = [...this.#functions.values()].filter((one) => one.dependsOn(path));
      await Promise.all(reached.map((one) => one.update()));
    } else await this.#refresh(path);
  }

  /** Which functions there are may have changed, and what is said of them. */
  async #refresh(path?: string): Promise<void> {
    this.#project = this.#parts.read();
    const { functions, folder } = this.#project;
    for (const [name, live] of this.#functions) {
      const still = functions.find((one) => one.name === name);
      if (still?.entry === live.entry) continue;
      this.#functions.delete(name);
      await live.close();
      if (!still) await this.#parts.remove(name);
    }
    const { client, tenant, tell } = this.#parts;
    const watchFiles = (files: readonly string[]) =>
      void this.#watcher?.add(files.filter((one) => isOutside(one, folder)));
    const updates = functions.map((one) => {
      const known = this.#functions.get(one.name);
      const live = known ?? new LiveFunction(one, { client, tenant, folder, tell, watch: watchFiles });
      this.#functions.set(one.name, live);
      live.settle(one);
      const isReached = !known || path === undefined || path === this.#project.file || live.dependsOn(path);
      return isReached ? live.update() : undefined;
    });
    await Promise.all(updates);
  }
}

const isOutside = (file: string, folder: string): boolean =>
  relative(folder, file).startsWith('..') && !unwatched.test(file);
