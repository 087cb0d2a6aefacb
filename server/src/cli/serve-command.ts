import { loadConfig } from '../config/load.ts';
import { serve, whatFailed } from '../serve.ts';

const line = (stream: NodeJS.WriteStream, value: Record<string, unknown>) => stream.write(`${JSON.stringify(value)}\n`);

/** `isolet-server serve`: serves until SIGTERM or SIGINT. One line on stdout says when it is ready; the log is stderr. */
export async function serveCommand({ config: file }: { config?: string }): Promise<void> {
  // What is kept is the server's own business, whatever the folder allows.
  process.umask(0o077);
  const config = loadConfig(process.env, process.cwd(), file);
  const log = (entry: Record<string, unknown>) => line(process.stderr, { at: new Date().toISOString(), ...entry });
  const failed = (error: Error) => {
    log({ event: 'failed', ...whatFailed(error) });
    process.exit(1);
  };
  const server = await serve(config, { log, failed });
  if (server.firstToken) log({ event: 'token', scope: 'platform', token: server.firstToken });
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log({ event: 'error', ...whatFailed(error) });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  line(process.stdout, { event: 'ready', url: server.url });
}
