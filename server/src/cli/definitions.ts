// What a command of `isolet-server` is. The parser, the help and docs/server/cli.md are made of these.
import type { Output } from './output.ts';

export interface ArgumentDefinition {
  readonly name: string;
  readonly about: string;
  readonly optional?: boolean;
  /** All that is left on the line. */
  readonly rest?: boolean;
}

export interface OptionDefinition {
  /** As commander writes it: `-p, --port <number>`, `--follow`. */
  readonly flags: string;
  readonly about: string;
  /** Shown; an option that was not given is `undefined`. */
  readonly fallback?: string;
  /** May be given more than once. */
  readonly many?: boolean;
  /** Turns the text into what the command takes. @throws {CommandError} */
  readonly read?: (text: string) => unknown;
}

/** What a command is run with. */
export interface Invocation {
  /** By name; the rest is a list. */
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By the long name in camel case. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly out: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  /** Aborted when the command is interrupted. */
  readonly signal: AbortSignal;
}

export interface CommandDefinition {
  /** Its words: `deploy`, `secret put`. */
  readonly name: string;
  readonly summary: string;
  /** Further sentences for its help. */
  readonly details?: string;
  readonly args?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  readonly examples: readonly string[];
  /** Loads what the command needs, and runs it. Answers the exit code, 0 if none. @throws {CommandError} */
  readonly run: (invocation: Invocation) => Promise<number | undefined>;
}
