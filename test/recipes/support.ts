import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { egress, type FunctionSpec, ServerlessRuntime } from 'isolet';
import { afterEach } from 'vitest';
import { type Bundle, bundle } from '../../examples/recipes/bundle.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

export const bundleOf = (name: string): Promise<Bundle> =>
  bundle(fileURLToPath(new URL(`../../examples/recipes/functions/${name}.ts`, import.meta.url)));

/** A platform with one of the recipes deployed, and what asks that. */
export async function deployed(
  name: string,
  { api = {}, ports = [80], ...rest }: Partial<FunctionSpec> & { api?: object; ports?: number[] } = {},
) {
  const web = { fetch: egress({ allow: ['*.test', '127.0.0.1'], ports, lookup: () => ['127.0.0.1'] }) };
  const serverless = new ServerlessRuntime(api as Record<string, object>, { pool: { web } });
  open.push(() => serverless.cleanup());
  const { code, map } = await bundleOf(name);
  await serverless.deploy({ tenantId: 'acme', name, code, memoryMb: 64, timeout: 20_000, ...rest });
  const ask = (path: string, init?: RequestInit) =>
    serverless.fetch('acme', name, new Request(new URL(path, 'https://acme.example'), init));
  return { serverless, ask, bundle: { code, map } };
}

/** A server on this machine; answers its port. */
export async function serve(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
