// Bundles functions of the project and hands them to a server.
import { resolve } from 'node:path';
import { readSourceMap } from '../../platform/source-maps.ts';
import { type Bundle, BundleError, Bundler, problemText, type SourceProblem } from '../bundle.ts';
import { type Client, functionPath, tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { ProjectFunction } from '../project.ts';
import { targetOf } from '../target.ts';

/** What the server says of a version that came into force. */
export interface Deployed {
  readonly name: string;
  readonly version: string;
  readonly number: number;
  readonly codeSize: number;
  readonly warnings: readonly SourceProblem[];
}

/** @throws {CommandError} with all that is wrong with the code */
export async function deploy(invocation: Invocation): Promise<number> {
  const { args, options, out, folder } = invocation;
  const { client, project, tenant } = targetOf(invocation);
  const chosen = choose(project.functions, args.names as string[], options.entry as string | undefined, folder);
  if (options.createTenant) await client.json(tenantPath(tenant), { method: 'PUT', body: {} });
  const deployed: Deployed[] = [];
  for (const one of chosen) {
    const bundler = new Bundler(one.entry, project.folder);
    try {
      deployed.push(await deployBundle(client, tenant, one, await bundler.build()));
    } catch (error) {
      throw error instanceof BundleError
        ? new CommandError(exitCodes.failed, error.message, { problems: error.problems })
        : error;
    } finally {
      await bundler.close();
    }
  }
  out.answer({ tenant, functions: deployed }, () => deployed.map(textOf).join('\n'));
  return exitCodes.done;
}

/** @throws {CommandError} */
export async function deployBundle(
  client: Client,
  tenant: string,
  { name, settings, settingsFile }: ProjectFunction,
  { code, sourceMap }: Bundle,
): Promise<Deployed> {
  const body = { ...settings, code, ...(sourceMap !== undefined && { sourceMap }) };
  try {
    const deployed = await client.json<Deployed>(functionPath(tenant, name), { method: 'PUT', body });
    return { ...deployed, warnings: inFiles(deployed.warnings, sourceMap) };
  } catch (error) {
    if (!(error instanceof CommandError) || !Array.isArray(error.details['issues'])) throw error;
    const issues = error.details['issues'] as Issue[];
    const problems = inFiles(issues, sourceMap).map((problem, at) => {
      const [setting] = issues[at]?.path ?? [];
      if (setting === undefined || !Object.hasOwn(settings, setting)) return problem;
      return { ...problem, file: settingsFile, message: `functions.${name}: ${problem.message}` };
    });
    throw new BundleError(problems, []);
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** What the server says of a bundle, as the author knows the files. */
function inFiles(issues: readonly Issue[], sourceMap: string | undefined): SourceProblem[] {
  // A map of large packages takes a moment to read.
  const placeOf = sourceMap === undefined || issues.length === 0 ? undefined : readSourceMap(sourceMap);
  return issues.map(({ message, line, column }) => {
    const place = line === undefined ? undefined : placeOf?.(line, column ?? 1);
    return { message, file: place?.file, line: place?.line ?? line, column: place?.column ?? column };
  });
}

function choose(
  known: readonly ProjectFunction[],
  names: readonly string[],
  entry: string | undefined,
  folder: string,
): readonly ProjectFunction[] {
  if (entry !== undefined) {
    if (names.length !== 1) throw new CommandError(exitCodes.misuse, '--entry needs the name of one function');
    const project = known.find(({ name }) => name === names[0]);
    return [
      {
        name: names[0] as string,
        entry: resolve(folder, entry),
        settings: project?.settings ?? {},
        settingsFile: project?.settingsFile,
      },
    ];
  }
  if (known.length === 0)
    throw new CommandError(exitCodes.misuse, 'there is no function here: write functions/hello.ts, or give --entry');
  if (names.length === 0) return known;
  return names.map((name) => {
    const found = known.find((one) => one.name === name);
    if (found) return found;
    throw new CommandError(
      exitCodes.misuse,
      `the project has no function '${name}': it has ${known.map((one) => one.name).join(', ')}`,
    );
  });
}

function textOf({ name, version, number, codeSize, warnings }: Deployed): string {
  const lines = warnings.map((warning) => `  warning: ${problemText(warning)}`);
  return [`${name}  version ${number} (${version})  ${codeSize} bytes`, ...lines].join('\n');
}
