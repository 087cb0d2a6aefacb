// The command `isolet-server`.
import { serverVersion } from '../version.ts';
import { commands } from './commands.ts';
import { runCommandLine } from './program.ts';

const interrupted = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => interrupted.abort());

process.exitCode = await runCommandLine(commands, process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  folder: process.cwd(),
  signal: interrupted.signal,
  version: serverVersion,
});
// What a command left open is not waited for.
process.exit();
