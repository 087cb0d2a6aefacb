import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from '../run.ts';

/** What answers a guest's `fetch`, as a server: libraries in Node may have other ways to ask. */
export async function serve(): Promise<{ origin: string; close(): void }> {
  const server = createServer(async (incoming, outgoing) => {
    const parts: Uint8Array[] = [];
    for await (const part of incoming) parts.push(part);
    const { method = 'GET', url } = incoming;
    const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(parts);
    const response = await answer(new Request(`http://api.test${url}`, { method, body }));
    outgoing.writeHead(response.status, [...response.headers].flat());
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
