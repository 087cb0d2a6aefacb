// A project: the functions of a folder, and what its `isolet.toml` or `isolet.json` says of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { CommandError, exitCodes } from './exit-codes.ts';

const functionSchema = z.looseObject({ entry: z.string().optional() });
const projectSchema = z.strictObject({
  url: z.string().optional(),
  tenant: z.string().optional(),
  functions: z.record(z.string(), functionSchema).default({}),
  server: z.unknown().optional(),
});

export interface ProjectFunction {
  readonly name: string;
  /** Absolute. */
  readonly entry: string;
  /** What it is deployed with beside its code. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Name of the file that says so. */
  readonly settingsFile: string | undefined;
}

export interface Project {
  readonly folder: string;
  readonly file: string | undefined;
  readonly url: string | undefined;
  readonly tenant: string | undefined;
  /** Settings of a server that this file has too. */
  readonly server: unknown;
  readonly functions: readonly ProjectFunction[];
}

const fileNames = ['isolet.toml', 'isolet.json'];
const sourceFolder = 'functions';
const endings = ['.ts', '.tsx', '.mts', '.js', '.mjs', '.jsx'];

/**
 * Functions that the project file names, and the files in `functions/`, which have the names of their functions.
 *
 * @throws {CommandError}
 */
export function readProject(folder: string, given?: string): Project {
  const file =
    given === undefined ? fileNames.map((name) => join(folder, name)).find(existsSync) : resolve(folder, given);
  const root = file === undefined ? folder : dirname(file);
  const { success, data, error } = projectSchema.safeParse(file === undefined ? {} : readFile(file));
  if (!success) throw misuse(`${file} can't be used:\n${z.prettifyError(error)}`);
  const functions = new Map<string, ProjectFunction>();
  for (const entry of sourcesIn(join(root, sourceFolder))) {
    const name = basename(entry, extname(entry));
    functions.set(name, { name, entry, settings: {}, settingsFile: undefined });
  }
  for (const [name, { entry, ...settings }] of Object.entries(data.functions)) {
    const found = entry === undefined ? functions.get(name)?.entry : resolve(root, entry);
    if (found === undefined)
      throw misuse(`${file}: function '${name}' has no entry, and there is no ${sourceFolder}/${name}.ts`);
    functions.set(name, { name, entry: found, settings, settingsFile: file && basename(file) });
  }
  const { url, tenant, server } = data;
  return { folder: root, file, url, tenant, server, functions: [...functions.values()] };
}

function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (one) => one.isFile() && !one.name.endsWith('.d.ts'),
  );
  return files
    .map(({ name }) => join(folder, name))
    .filter((path) => endings.includes(extname(path)))
    .sort();
}

function readFile(path: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    return path.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch (error) {
    throw misuse(`${path} can't be read: ${(error as Error).message}`);
  }
}

const misuse = (message: string) => new CommandError(exitCodes.misuse, message);
