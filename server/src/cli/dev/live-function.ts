// One function of the project, kept as its files are: built and deployed after every change, one build at a time. What is
// broken is told, and the version before it goes on serving.
import { BundleError, Bundler, type SourceProblem } from '../bundle.ts';
import type { Client } from '../client.ts';
import type { ProjectFunction } from '../project.ts';
import { type Deployed, deployBundle } from '../verbs/deploy.ts';

/** ms */
const lookAgain = 200;

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
  #closed = false;
  #again: NodeJS.Timeout | undefined;
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

  /** Whether a change of the file may change the function. What is broken may lack a file that has just been made. */
  dependsOn(file: string): boolean {
    return this.#broken || this.#inputs.has(file);
  }

  /** Settings beside the code may have changed. */
  settle(project: ProjectFunction): void {
    this.#project = project;
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
    clearTimeout(this.#again);
    this.#closed = true;
    await this.#working;
    await this.#bundler.close();
  }

  async #work(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const outcome = await this.#deploy();
      if (!outcome) continue;
      this.#parts.tell(outcome);
      // What was written within the same moment as what was read need not have been told as a change.
      clearTimeout(this.#again);
      if (!this.#closed) this.#again = setTimeout(() => void this.update(), lookAgain);
    }
  }

  /** `undefined`: it is as it was. */
  async #deploy(): Promise<Outcome | undefined> {
    const { client, tenant, watch } = this.#parts;
    const { name, settings } = this.#project;
    const start = performance.now();
    try {
      const bundle = await this.#bundler.build();
      this.#inputs = new Set(bundle.inputs);
      watch(bundle.inputs);
      if (!this.#isNew(JSON.stringify([bundle.code, bundle.sourceMap, settings]))) return undefined;
      const { version, warnings } = await deployBundle(client, tenant, this.#project, bundle);
      this.#broken = false;
      return { event: 'deployed', function: name, version, ms: Math.round(performance.now() - start), warnings };
    } catch (error) {
      this.#broken = true;
      if (error instanceof BundleError) {
        this.#inputs = new Set([...this.#inputs, ...error.inputs]);
        watch(error.inputs);
        if (error.inputs.length > 0 && !this.#isNew(error.message)) return undefined;
      } else this.#state = undefined;
      return { event: 'broken', function: name, problems: problemsOf(error) };
    }
  }

  #isNew(state: string): boolean {
    const isNew = state !== this.#state;
    this.#state = state;
    return isNew;
  }
}

function problemsOf(error: unknown): readonly SourceProblem[] {
  if (error instanceof BundleError) return error.problems;
  return [{ message: (error as Error).message, file: undefined, line: undefined, column: undefined }];
}
