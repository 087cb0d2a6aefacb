import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens, and stops without cutting anybody off. */
export class Listener {
  readonly #server: Server;

  constructor(handle: RequestListener) {
    this.#server = createServer(handle);
  }

  /** @returns the address, as a URL without a path */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const { address, family, port: found } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${found}`;
  }

  /** Takes no more, waits for what is being answered, and cuts the rest off after `timeout` ms. */
  async drain(timeout: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), timeout);
    await closed;
    clearTimeout(timer);
  }
}
