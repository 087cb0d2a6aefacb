// The project's files, watched: which functions a change reaches, and which come and go.
import { dirname } from 'node:path';
import type { Project } from '../project.ts';
import type { EarlierFunctions } from './earlier-functions.ts';
import { FolderWatch } from './folder-watch.ts';
import { LiveFunction, type LiveParts } from './live-function.ts';

/** Folders that hold nothing that an author writes. */
const unwatched = ['node_modules', '.git', '.isolet'];

export interface ProjectWatchParts extends Omit<LiveParts, 'watch' | 'folder'> {
  /** The project as its files are now. @throws {CommandError} */
  readonly read: () => Project;
  /** A function is no longer part of the project. */
  readonly remove: (name: string) => Promise<void>;
  /** Functions that were made of files earlier. */
  readonly earlier: EarlierFunctions;
  /** The project's file says something that cannot be, or a change of it has no effect before the next start. */
  readonly misread: (error: Error) => void;
}

export class ProjectWatch {
  readonly #parts: ProjectWatchParts;
  readonly #functions = new Map<string, LiveFunction>();
  readonly #folders: FolderWatch;
  #project: Project;
  #changes: Promise<unknown> = Promise.resolve();
  /** What was last told of the project's file. */
  #misread = '';

  constructor(project: Project, parts: ProjectWatchParts) {
    this.#project = project;
    this.#parts = parts;
    this.#folders = new FolderWatch({
      root: project.folder,
      unwatched,
      changed: (paths) => void this.#next(() => this.#look(paths)),
      failed: (error) => parts.misread(new Error(`changes are not seen everywhere: ${error.message}`)),
    });
  }

  /** Resolves when every function was deployed, or told of as broken. */
  async start(): Promise<void> {
    await this.#folders.start();
    let updates: readonly Promise<void>[] = [];
    await this.#next(async () => {
      const { functions } = this.#project;
      const gone = this.#parts.earlier.read().filter((name) => functions.every((one) => one.name !== name));
      await Promise.all(gone.map((name) => this.#remove(name)));
      updates = await this.#look(new Set());
    });
    await Promise.all(updates);
  }

  async close(): Promise<void> {
    await this.#folders.close();
    await this.#changes;
    await Promise.all([...this.#functions.values()].map((one) => one.close()));
  }

  #next(work: () => Promise<unknown>): Promise<unknown> {
    this.#changes = this.#changes.then(work).catch((error: Error) => this.#parts.misread(error));
    return this.#changes;
  }

  /** @returns the updates that it began */
  async #look(paths: ReadonlySet<string>): Promise<readonly Promise<void>[]> {
    const { functions, folder } = this.#read();
    for (const [name, live] of this.#functions) {
      const still = functions.find((one) => one.name === name);
      if (still?.entry === live.entry) continue;
      this.#functions.delete(name);
      await live.close();
      if (!still) await this.#remove(name);
    }
    this.#parts.earlier.write(functions.map(({ name }) => name));
    const { client, tenant, tell } = this.#parts;
    const watch = (files: readonly string[]) => this.#folders.add([...new Set(files.map(dirname))]);
    return functions.flatMap((one) => {
      const known = this.#functions.get(one.name);
      const live = known ?? new LiveFunction(one, { client, tenant, folder, tell, watch });
      this.#functions.set(one.name, live);
      const isOther = live.settle(one);
      return !known || isOther || live.dependsOn(paths) ? [live.update()] : [];
    });
  }

  async #remove(name: string): Promise<void> {
    await this.#parts.remove(name).catch((error: Error) => this.#parts.misread(error));
  }

  /** As it was, while its file can't be read. */
  #read(): Project {
    const before = this.#project;
    let told = '';
    try {
      this.#project = this.#parts.read();
      const isOther = (['tenant', 'server'] as const).filter(
        (name) => JSON.stringify(this.#project[name]) !== JSON.stringify(before[name]),
      );
      if (isOther.length > 0)
        told = `${this.#project.file}: what \`${isOther.join('` and `')}\` says now holds after the next start of dev`;
    } catch (error) {
      told = (error as Error).message;
    }
    if (told !== this.#misread && told !== '') this.#parts.misread(new Error(told));
    this.#misread = told;
    return this.#project;
  }
}
