// A function's source as one text that a guest can load: TypeScript and packages bundled in, with the map back.
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { relative, resolve } from 'node:path';
import { type BuildContext, type BuildFailure, type BuildResult, context, type Message } from 'esbuild';

export interface SourceProblem {
  readonly message: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

export interface Bundle {
  readonly code: string;
  /** JSON of the source map; `undefined` of a text that is as its author wrote it. */
  readonly sourceMap: string | undefined;
  /** Files it was made of, absolute. */
  readonly inputs: readonly string[];
}

/** Nothing was made of it: why, with the places. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly problems: readonly SourceProblem[];
  readonly inputs: readonly string[];

  constructor(problems: readonly SourceProblem[], inputs: readonly string[]) {
    super(problems.map(problemText).join('\n'));
    this.problems = problems;
    this.inputs = inputs;
  }
}

export const problemText = ({ message, file, line, column }: SourceProblem): string =>
  [file, ...(line === undefined ? [] : [line, column ?? 1])].filter((part) => part !== undefined).join(':') +
  (file === undefined && line === undefined ? '' : ': ') +
  message;

/** Bundles one function, again and again: what did not change is not read twice. */
export class Bundler {
  readonly #entry: string;
  readonly #folder: string;
  #context: Promise<BuildContext> | undefined;

  /** @param folder - what the names of files are relative to */
  constructor(entry: string, folder: string) {
    this.#entry = entry;
    this.#folder = folder;
  }

  /** @throws {BundleError} */
  async build(): Promise<Bundle> {
    this.#context ??= this.#make();
    const inputs = [this.#entry];
    let result: BuildResult;
    try {
      result = await (await this.#context).rebuild();
    } catch (error) {
      const { errors } = error as BuildFailure;
      if (!Array.isArray(errors)) throw error;
      const files = errors.flatMap(({ location }) => (location ? [resolve(this.#folder, location.file)] : []));
      throw new BundleError(errors.map(toProblem), [...inputs, ...files]);
    }
    const { metafile, outputFiles } = result as BuildResult<{ metafile: true; write: false }>;
    inputs.push(...Object.keys(metafile.inputs).map((file) => resolve(this.#folder, file)));
    const entry = metafile.inputs[relative(this.#folder, this.#entry).replaceAll('\\', '/')];
    if (entry && entry.format !== 'esm' && entry.imports.length === 0) return this.#asWritten(inputs);
    const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
    const code = text('.js');
    if (code.trim() === '') throw this.#nothing(inputs);
    return { code, sourceMap: text('.js.map'), inputs };
  }

  async close(): Promise<void> {
    await (await this.#context?.catch(() => undefined))?.dispose();
  }

  /** What is no ES module and needs nothing may be an expression, as `(event) => …`: of that a bundle would keep nothing. */
  async #asWritten(inputs: readonly string[]): Promise<Bundle> {
    const code = await readFile(this.#entry, 'utf8');
    if (!/\.[cm]?jsx?$/.test(this.#entry) || code.trim() === '') throw this.#nothing(inputs);
    return { code, sourceMap: undefined, inputs };
  }

  #nothing(inputs: readonly string[]): BundleError {
    const message = 'it exports nothing: write `export default` before the function, or before an object with handlers';
    return new BundleError([{ message, file: relative(this.#folder, this.#entry), line: 1, column: 1 }], inputs);
  }

  #make(): Promise<BuildContext> {
    return context({
      absWorkingDir: this.#folder,
      entryPoints: [this.#entry],
      outfile: resolve(this.#folder, 'function.js'),
      write: false,
      metafile: true,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['worker', 'browser'],
      target: 'es2022',
      sourcemap: 'external',
      sourcesContent: true,
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'silent',
    });
  }
}

function toProblem({ text, location }: Message): SourceProblem {
  const missing = /^Could not resolve "(node:)?((?:@[\w.-]+\/)?\w[\w.-]*)/.exec(text);
  const hint =
    missing?.[1] || builtinModules.includes(missing?.[2] ?? '')
      ? ": functions have the web's APIs and no modules of Node"
      : missing && `: npm install ${missing[2]}`;
  const message = `${text}${hint ?? ''}`;
  return { message, file: location?.file, line: location?.line, column: location ? location.column + 1 : undefined };
}
