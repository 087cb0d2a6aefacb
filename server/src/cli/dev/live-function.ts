// One function of the project, kept as its files are: built and deployed after every change, one build at a time. What is
// broken is told, and the version before it goes on serving.
import { join, sep } from 'node:path';
import { type Bundle, BundleError, Bundler, type SourceProblem } from '../bundle.ts';
import type { Client } from '../client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { ProjectFunction } from '../project.ts';
import { type Deployed, deployBundle } from '../verbs/deploy.ts';

export type Outcome =
  | {
      readonly event: 'deployed';
      readonly function: string;
      readonly version: string;
      readonly ms: number;
      readonly warnings: Deployed['warnings'];
    }
  | { readonly event: 'broken'; readonly function: string; readonly problems: readonly SourceProblem[] };

export interface LiveParts {
  readonly client: Client;
  readonly tenant: string;
  readonly folder: string;
  readonly tell: (outcome: Outcome) => void;
  /** Files that are to be watched. */
  readonly watch: (files: readonly string[]) => void;
}

export class LiveFunction {
  readonly #parts: LiveParts;
  readonly #bundler: Bundler;
  #project: ProjectFunction;
  #inputs: ReadonlySet<string>;
  #broken = false;
  #stale = false;
  #working: Promise<void> | undefined;
  /** What was tried last: the code with its settings, or what was wrong with it. */
  #state: string | undefined;

  constructor(project: ProjectFunction, parts: LiveParts) {
    this.#project = project;
    this.#parts = parts;
    this.#bundler = new Bundler(project.entry, parts.folder);
    this.#inputs = new Set([project.entry]);
  }

  get entry(): string {
    return this.#project.entry;
  }

  /**
   * Whether a change of these files, or of what is in these folders, may change the function. What is broken may lack a
   * file that has just been made.
   */
  dependsOn(paths: ReadonlySet<string>): boolean {
    if (this.#broken) return paths.size > 0;
    return [...this.#inputs].some(
      (file) => paths.has(file) || [...paths].some((folder) => file.startsWith(join(folder, sep))),
    );
  }

  /** Takes the settings beside the code. @returns whether they are other ones */
  settle(project: ProjectFunction): boolean {
    const isOther = JSON.stringify(project.settings) !== JSON.stringify(this.#project.settings);
    this.#project = project;
    return isOther;
  }

  /** Resolves when what there is now has been told of. */
  update(): Promise<void> {
    this.#stale = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async close(): Promise<void> {
    this.#stale = false;
    await this.#working;
    await this.#bundler.close();
  }

  async #work(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const outcome = await this.#deploy();
      if (outcome) this.#parts.tell(outcome);
    }
  }

  /** `undefined`: it is as it was. */
  async #deploy(): Promise<Outcome | undefined> {
    const { client, tenant } = this.#parts;
    const { name, settings } = this.#project;
    const start = performance.now();
    let bundle: Bundle;
    try {
      bundle = await this.#bundler.build();
    } catch (error) {
      this.#dependOn([...this.#inputs, ...(error instanceof BundleError ? error.inputs : [])]);
      return this.#isNew((error as Error).message) ? this.#tellBroken(error) : undefined;
    }
    this.#dependOn(bundle.inputs);
    if (!this.#isNew(JSON.stringify([bundle.code, bundle.sourceMap, settings]))) return undefined;
    try {
      const { version, warnings } = await deployBundle(client, tenant, this.#project, bundle);
      this.#broken = false;
      return { event: 'deployed', function: name, version, ms: Math.round(performance.now() - start), warnings };
    } catch (error) {
      // It may be taken the next time.
      if (error instanceof CommandError && error.exitCode === exitCodes.server) this.#state = undefined;
      return this.#tellBroken(error);
    }
  }

  #dependOn(files: readonly string[]): void {
    this.#inputs = new Set(files);
    this.#parts.watch(files);
  }

  #isNew(state: string): boolean {
    const isNew = state !== this.#state;
    this.#state = state;
    return isNew;
  }

  #tellBroken(error: unknown): Outcome {
    this.#broken = true;
    return { event: 'broken', function: this.#project.name, problems: problemsOf(error) };
  }
}

function problemsOf(error: unknown): readonly SourceProblem[] {
  if (error instanceof BundleError) return error.problems;
  return [{ message: (error as Error).message, file: undefined, line: undefined, column: undefined }];
}
