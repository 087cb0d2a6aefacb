// `serve`: what the data folder has, until SIGTERM or SIGINT. One line on stdout says when it is ready; the log is stderr.
import { loadConfig } from '../../config/load.ts';
import { serve as start, whatFailed } from '../../serve.ts';
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';

export async function serve({ options, env, folder, signal }: Invocation): Promise<number> {
  // What is kept is the server's own business, whatever the folder allows.
  process.umask(0o077);
  const config = loadConfig(env, folder, options.config as string | undefined);
  const log = (entry: Record<string, unknown>) =>
    void process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
  const failed = (error: Error) => {
    log({ event: 'failed', ...whatFailed(error) });
    process.exit(1);
  };
  const server = await start(config, { log, failed });
  if (server.firstToken) log({ event: 'token', scope: 'platform', token: server.firstToken });
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: server.url })}\n`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await server.stop();
  return exitCodes.done;
}
