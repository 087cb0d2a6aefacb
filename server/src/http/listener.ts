import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Config } from '../config/schema.ts';
import { ServerError } from '../errors/server-error.ts';
import { answerProblem } from './answers.ts';
import { breakOff } from './break-off.ts';
import type { Certificates } from './certificates.ts';
import { refuseConnection } from './refusal.ts';

/** A server that listens, and stops without cutting anybody off. With certificates it speaks TLS, and HTTP/2. */
export class Listener {
  readonly #server: Server;
  readonly #certificates: Certificates | undefined;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** What is being answered, and those who wait for the end of it. */
  readonly #open = new Set<ServerResponse>();
  #draining = false;
  #quiet: (() => void) | undefined;

  constructor(handle: RequestListener, config: Config['http'], certificates?: Certificates) {
    const { maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = config;
    const times = { headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval: 1000 };
    const options: ServerOptions = { maxHeaderSize, ...times };
    const listener: RequestListener = (request, response) => {
      this.#begin(request, response);
      if (this.#draining) refuse(response);
      else handle(request, response);
    };
    this.#certificates = certificates;
    if (certificates) {
      const { choose: SNICallback } = certificates;
      const tls = { SNICallback, ALPNProtocols: ['h2', 'http/1.1'], minVersion: 'TLSv1.2' as const };
      const first = certificates.first((texts) => server.setSecureContext({ ...texts, minVersion: 'TLSv1.2' }));
      const server = createHttpsServer({ ...options, ...tls, ...first }, listener);
      this.#server = server;
      this.#overTls(listener as never, config);
    } else {
      this.#server = createServer(options, listener);
    }
    const server = this.#server;
    server.maxConnections = maxConnections;
    // Their bytes are bounded; beyond a count of them Node would leave some out.
    server.maxHeadersCount = 0;
    // Whether a client may go on is asked when somebody wants its body.
    server.on('checkContinue', listener);
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (this.#isAnswering(socket)) socket.destroy();
      else refuseConnection(socket, error);
    });
    server.on('connect', (_request, socket) => {
      refuseConnection(socket, new Error('CONNECT is for proxies'));
    });
  }

  /** @returns the address, as a URL without a path. @throws {Error} that says what to do, if it is not to be had */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(notListening(error, port, host)));
      this.#server.listen(port, host, resolve);
    });
    const { address, family, port: found } = this.#server.address() as AddressInfo;
    const scheme = this.#certificates ? 'https' : 'http';
    return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${found}`;
  }

  /**
   * Waits for what is being answered, and refuses what comes meanwhile with 503, so that whoever balances the load hears
   * of it; cuts off what is left after `timeout` ms, and stops listening.
   */
  async drain(timeout: number): Promise<void> {
    this.#draining = true;
    for (const response of this.#open) closeAfter(response);
    this.#server.closeIdleConnections();
    for (const session of this.#sessions) session.close();
    await new Promise<void>((resolve) => {
      this.#quiet = resolve;
      setTimeout(resolve, timeout).unref();
      if (this.#open.size === 0) resolve();
    });
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const response of this.#open) breakOff(response);
    for (const session of this.#sessions) session.destroy();
    this.#server.closeAllConnections();
    this.#certificates?.close();
    await closed;
  }

  /** Whether what is wrong with a connection is not the request that waits for its answer alone. */
  #isAnswering(socket: Duplex): boolean {
    const [first, ...others] = [...this.#open].filter(({ req }) => req.socket === socket);
    return first !== undefined && (others.length > 0 || first.headersSent || first.req.complete);
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    this.#open.add(response);
    response.on('close', () => {
      this.#open.delete(response);
      if (!request.complete) linger(request);
      if (this.#open.size === 0) this.#quiet?.();
    });
  }

  /** Those that agreed on HTTP/2 go to a server of their own. */
  #overTls(listener: never, { maxHeaderSize, keepAliveTimeout }: Config['http']): void {
    const settings = { maxConcurrentStreams: 100, maxHeaderListSize: maxHeaderSize, enablePush: false };
    const http2 = createHttp2Server({ settings, maxSessionMemory: 10 }, listener);
    http2.on('session', (session) => {
      this.#sessions.add(session);
      let streams = 0;
      session.on('stream', (stream) => {
        streams++;
        stream.on('close', () => streams--);
      });
      session.on('close', () => this.#sessions.delete(session));
      session.setTimeout(keepAliveTimeout, () => {
        if (streams === 0) session.close();
      });
    });
    const others = this.#server.listeners('secureConnection') as ((socket: Socket) => void)[];
    this.#server.removeAllListeners('secureConnection');
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') http2.emit('connection', socket);
      else for (const other of others) other.call(this.#server, socket);
    });
  }
}

/** ms in which a client that was answered before it had said everything may read that, while it says the rest to nobody. */
const lingering = 2000;

function linger(request: IncomingMessage): void {
  if (request.httpVersionMajor > 1 || request.socket.destroyed) return;
  setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, lingering).unref();
}

function closeAfter(response: ServerResponse): void {
  if (response.headersSent || response.req.httpVersionMajor > 1) return;
  response.setHeader('connection', 'close');
}

function refuse(response: ServerResponse): void {
  closeAfter(response);
  answerProblem(
    response,
    new ServerError('ERR_ISOLET_SERVER_DRAINING', 'The server is being stopped. Ask another one.'),
  );
}

function notListening(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const other = 'choose another with --port, ISOLET_SERVER_PORT or `port` (0: any that is free)';
  const said: Partial<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use: stop what uses it, or ${other}`,
    EACCES: `port ${port} on ${host} is not for this user: ${other}`,
    EADDRNOTAVAIL: `${host} is no address of this machine: see ISOLET_SERVER_HOST and \`host\``,
    ENOTFOUND: `${host} is no address of this machine: see ISOLET_SERVER_HOST and \`host\``,
  };
  return new Error(said[error.code ?? ''] ?? error.message, { cause: error });
}
