import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressError, type EgressOptions, type EgressRecord, egress } from 'isolet';
import { afterEach } from 'vitest';

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on this machine, and what it was asked. */
export async function serve(answer: Answer): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host}${request.url}`);
    void answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, seen };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Every name is this machine, which may be reached. */
export const here = (options: EgressOptions = {}): EgressOptions => ({
  allow: ['*.test', '127.0.0.1'],
  lookup: () => ['127.0.0.1'],
  ...options,
});

/** A fetch by the rules, with what it recorded. */
export function fetching(options: EgressOptions): {
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  records: EgressRecord[];
} {
  const records: EgressRecord[] = [];
  const capability = egress({ ...options, onFetch: (record) => void records.push(record) });
  const call = {};
  return {
    fetch: async (url, init) => capability(new Request(url, init), { context: undefined, call }),
    records,
  };
}

/** Why it was refused. */
export async function reasonOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof EgressError && error instanceof TypeError) return error.reason;
    throw error;
  }
  return 'answered';
}
