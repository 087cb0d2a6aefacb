import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { type DataFolder, dataFolder, ServerProcess } from '../server-process.ts';

export interface GatewayServer {
  server: ServerProcess;
  readonly folder: string;
}

/** A server for the tests of a file, with these functions of the tenant `acme`. Answers where it is once they run. */
export function useGateway(
  functions: Readonly<Record<string, string | { code: string }>>,
  config: object | ((folder: string) => object) = {},
): GatewayServer {
  const made = {} as { server: ServerProcess; folder: string };
  let folder: DataFolder;
  beforeAll(async () => {
    folder = await dataFolder();
    made.folder = folder.path;
    const settings = typeof config === 'function' ? config(folder.path) : config;
    made.server = await ServerProcess.startWith(folder.path, settings);
    await deploy(made.server, functions);
  }, 120_000);
  afterAll(async () => {
    await made.server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });
  return made;
}

export async function deploy(
  server: Pick<ServerProcess, 'ask'>,
  functions: Readonly<Record<string, string | { code: string }>>,
): Promise<void> {
  const ask = async (path: string, body: object) => {
    const answer = await server.ask('PUT', path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  };
  await ask('/v1/tenants/acme', {});
  for (const [name, given] of Object.entries(functions)) {
    await ask(`/v1/tenants/acme/functions/${name}`, typeof given === 'string' ? { code: given } : given);
  }
}

/** A connection on which a test says what it wants. */
export class Raw implements AsyncDisposable {
  readonly socket: Socket;
  text = '';
  closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.text += chunk;
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open({ url }: Pick<ServerProcess, 'url'>): Promise<Raw> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Raw(socket);
  }

  /** Lines end with CR LF. */
  send(text: string): this {
    this.socket.write(text.replaceAll('\n', '\r\n'), 'latin1');
    return this;
  }

  /** Waits until what came has `wanted`, or the other side has closed. */
  async until(wanted: string | RegExp): Promise<string> {
    const found = () => (typeof wanted === 'string' ? this.text.includes(wanted) : wanted.test(this.text));
    while (!found() && !this.closed) await this.#changed();
    expect(this.text).toMatch(wanted);
    return this.text;
  }

  async untilClosed(): Promise<string> {
    while (!this.closed) await this.#changed();
    return this.text;
  }

  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}
