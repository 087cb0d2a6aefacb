import { parseArgs } from 'node:util';

/** One script or module to run. */
export interface RunCommand {
  kind: 'run';
  source: { code: string } | { file: string };
  /** Milliseconds; undefined: no limit. */
  timeout: number | undefined;
  /** Bytes; undefined: the default of a runtime. */
  maxHeapSize: number | undefined;
}

export type Command =
  | RunCommand
  | { kind: 'build' }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'misuse'; message: string };

export const usage = `usage: isolet [options] FILE     run a script, or an ES module if its name ends in .mjs
       isolet [options] -e CODE  run CODE
       isolet build              build the addon from the sources in this package

The guest gets an isolate of its own: no Node API, no network, no files. Its console is yours; the
value of a script is printed unless it is undefined, a promise is awaited.

  -e, --eval CODE       the script itself
      --timeout MS      wall-clock limit in milliseconds, default none
      --max-heap MIB    memory limit in MiB, default 128, at least 4
  -h, --help
  -v, --version

Exit codes: 0 done, 1 the guest threw, 2 wrong use or no binary, 3 out of time or memory.
`;

/** Never throws: what is wrong is a command as well. */
export function parseCommand(parameters: string[]): Command {
  try {
    return toCommand(parameters);
  } catch (error) {
    return { kind: 'misuse', message: error instanceof Error ? error.message : String(error) };
  }
}

function toCommand(parameters: string[]): Command {
  const { values, positionals } = parseArgs({
    args: parameters,
    options: {
      eval: { type: 'string', short: 'e' },
      timeout: { type: 'string' },
      'max-heap': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
    allowPositionals: true,
  });
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [file, ...rest] = positionals;
  if (rest.length > 0) return { kind: 'misuse', message: `one FILE at a time, not also ${rest.join(' ')}` };
  if (values.eval !== undefined && file !== undefined) return { kind: 'misuse', message: 'either -e CODE or FILE' };
  if (file === 'build') return { kind: 'build' };
  const limits = {
    timeout: numberOf(values.timeout, '--timeout', 1),
    maxHeapSize: mebibytes(numberOf(values['max-heap'], '--max-heap', 4)),
  };
  if (values.eval !== undefined) return { kind: 'run', source: { code: values.eval }, ...limits };
  if (file !== undefined) return { kind: 'run', source: { file }, ...limits };
  return { kind: 'misuse', message: 'nothing to run' };
}

function numberOf(text: string | undefined, option: string, min: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < min) throw new RangeError(`${option} takes a number from ${min} up`);
  return value;
}

function mebibytes(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1024 * 1024);
}
