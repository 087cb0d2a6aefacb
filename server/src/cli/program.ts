// The command line: reads arguments by the definitions, runs one command, and turns whatever happens into an exit code.
import { Argument, Command, CommanderError, Option } from 'commander';
import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './definitions.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { makeOutput } from './output.ts';

export interface Surroundings {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly version: string;
}

const json: OptionDefinition = { flags: '--json', about: 'print JSON, for programs' };

/** @returns the exit code; never throws. */
export async function runCommandLine(
  commands: readonly CommandDefinition[],
  parameters: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, version } = surroundings;
  const asJson = parameters.includes('--json');
  let exitCode: number = exitCodes.done;
  const program = new Command('isolet-server')
    .description('A functions platform from one command.')
    .version(version, '-v, --version')
    .showSuggestionAfterError()
    .showHelpAfterError('(isolet-server --help says how it is used)');
  const groups = new Map<string, Command>();
  for (const command of commands) {
    const own = add(program, groups, command);
    own.action(async (...given: unknown[]) => {
      exitCode = (await command.run(invocationOf(command, given, surroundings, asJson))) ?? exitCodes.done;
    });
  }
  for (const one of [program, ...allOf(program)]) {
    one.exitOverride().configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    });
  }
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misuse;
    return failed(error, asJson, surroundings);
  }
}

function add(
  program: Command,
  groups: Map<string, Command>,
  { name, summary, details, args = [], options = [], examples }: CommandDefinition,
): Command {
  const words = name.split(' ');
  const last = words.pop() as string;
  let parent = program;
  for (const word of words) {
    const group = groups.get(word) ?? program.command(word).description(groupSummaries[word] ?? '');
    groups.set(word, group);
    parent = group;
  }
  const command = parent
    .command(last)
    .summary(summary)
    .description(details ? `${summary}\n\n${details}` : summary);
  for (const argument of args) command.addArgument(toArgument(argument));
  for (const option of [...options, json]) command.addOption(toOption(option));
  command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
  return command;
}

export const groupSummaries: Readonly<Record<string, string>> = {
  alias: 'names that lead to versions, by weight',
  domain: 'hosts that lead to functions of a tenant',
  access: 'who may call functions',
  secret: 'values that functions find in env, and nobody else',
  kv: 'keys and values of a tenant',
  token: 'tokens of the administration',
};

function toArgument({ name, about, optional = false, rest = false }: ArgumentDefinition): Argument {
  const text = rest ? `${name}...` : name;
  return new Argument(optional ? `[${text}]` : `<${text}>`, about);
}

function toOption({ flags, about, fallback, many = false, read }: OptionDefinition): Option {
  const option = new Option(flags, fallback === undefined ? about : `${about} (default: ${fallback})`);
  if (many)
    option.argParser((text: string, before: unknown[] | undefined) => [...(before ?? []), read ? read(text) : text]);
  else if (read) option.argParser(read);
  return option;
}

function invocationOf(
  { args = [] }: CommandDefinition,
  given: unknown[],
  { env, folder, signal, stdout, stderr }: Surroundings,
  asJson: boolean,
) {
  const values = given.slice(0, args.length) as (string | string[] | undefined)[];
  const options = given[args.length] as Record<string, unknown>;
  const named = Object.fromEntries(args.map(({ name }, at) => [name, values[at]]));
  return { args: named, options, env, folder, signal, out: makeOutput(asJson, stdout, stderr) };
}

function allOf(program: Command): Command[] {
  return program.commands.flatMap((command) => [command, ...allOf(command as Command)]) as Command[];
}

function failed(error: unknown, asJson: boolean, { stdout, stderr, signal }: Surroundings): number {
  if (signal.aborted) return exitCodes.done;
  const known = error instanceof CommandError ? error : undefined;
  const message = (error as Error).message ?? String(error);
  const exitCode = known?.exitCode ?? (isConfigError(error) ? exitCodes.misuse : exitCodes.server);
  if (asJson) stdout.write(`${JSON.stringify({ error: { message, exitCode, ...known?.details } })}\n`);
  else stderr.write(`isolet-server: ${message}\n`);
  return exitCode;
}

/** By its code: its class comes with all that reads configurations. */
const isConfigError = (error: unknown): boolean => (error as { code?: unknown }).code === 'ERR_ISOLET_SERVER_CONFIG';
