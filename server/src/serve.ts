import type { IncomingMessage, RequestListener } from 'node:http';
import { adminRoutes } from './admin/routes.ts';
import { openStores } from './bindings/stores.ts';
import type { Config } from './config/schema.ts';
import { ServerError } from './errors/server-error.ts';
import { Gateway } from './gateway/gateway.ts';
import { Certificates } from './http/certificates.ts';
import { Listener } from './http/listener.ts';
import { Router } from './http/router.ts';
import { operatorRoutes } from './operator-routes.ts';
import { pageRoutes } from './page/routes.ts';
import { Metrics } from './platform/metrics.ts';
import { Platform } from './platform/platform.ts';
import { openStorage } from './storage/libsql/libsql-storage.ts';

/** A server that runs. */
export interface RunningServer {
  readonly url: string;
  readonly platform: Platform;
  /** The platform's token, if it was made at this start; it is shown once. */
  readonly firstToken: string | undefined;
  /** Takes no more, lets what runs finish for `drainTimeout` ms, and resolves when everything is kept and closed. */
  stop(): Promise<void>;
}

/** What a server tells whoever started it. */
export interface ServerListener {
  /** One line of the server's own log: what failed that nobody expected. */
  readonly log: (line: Record<string, unknown>) => void;
  /** Nothing can be kept any more: the process should end, and be started again. */
  readonly failed: (error: Error) => void;
}

/** Opens what is kept and serves it. */
export async function serve(config: Config, { log, failed }: ServerListener): Promise<RunningServer> {
  const metrics = new Metrics(config.metrics.maxFunctions);
  const onError = (error: unknown) => {
    metrics.failed();
    log({ event: 'error', ...whatFailed(error) });
  };
  const storage = openStorage(config.data, { failed, wrote: (ms) => metrics.wrote(ms) });
  const platform = new Platform(config, storage, openStores(config.data, onError), metrics, onError);
  let draining = false;
  const onFailure = (error: unknown, request: IncomingMessage) => {
    if (isExpected(error)) return;
    metrics.failed();
    log({ event: 'error', method: request.method, path: request.url?.split('?')[0], ...whatFailed(error) });
  };
  const operators = operatorRoutes(platform, () => draining);
  const router = new Router([...operators, ...pageRoutes, ...adminRoutes(platform)], onFailure);
  const gateway = new Gateway(platform, onFailure);
  const handle: RequestListener = (request, response) => {
    if (!gateway.takes(request, response)) void router.handle(request, response);
  };
  let firstToken: string | undefined;
  let url: string;
  let listener: Listener;
  try {
    const certificates = config.tls && new Certificates([config.tls].flat(), onError);
    listener = new Listener(handle, config.http, certificates);
    await platform.start();
    firstToken = await platform.tokens.first();
    url = await listener.listen(config.port, config.host);
  } catch (error) {
    await platform.close(1);
    throw error;
  }
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    draining = true;
    platform.stop();
    const until = performance.now() + config.drainTimeout;
    await listener.drain(config.drainTimeout);
    await platform.close(Math.max(1, until - performance.now()));
  };
  return { url, platform, firstToken, stop: () => (stopped ??= stop()) };
}

/** For the server's own log. */
export function whatFailed(error: unknown): Record<string, unknown> {
  const { stack = String(error), cause } = error as Partial<Error>;
  return { error: stack, ...(cause instanceof Error && { cause: cause.message }) };
}

/** Whether the client is told all there is to say. */
const isExpected = (error: unknown): boolean =>
  error instanceof ServerError
    ? error.status < 500
    : String((error as { code?: unknown })?.code).startsWith('ERR_ISOLET_');
