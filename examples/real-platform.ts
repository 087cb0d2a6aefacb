/** The serverless example with real parts: an HTTP server and client, and an SQL database in a file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerlessRuntime } from 'isolet';
import Database from 'libsql';

const folder = await mkdtemp(join(tmpdir(), 'isolet-platform-'));
const db = new Database(join(folder, 'users.db'));
db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
const insert = db.prepare('INSERT INTO users (name) VALUES (?)');
for (const name of ['Alice', 'Bob', 'Carol']) insert.run(name);

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ path: request.url, method: request.method }));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const serverless = new ServerlessRuntime({
  fetch: async (path: string) => {
    // Resolved against our own server: a guest does not choose the host.
    const response = await fetch(new URL(new URL(path, origin).pathname, origin));
    return { status: response.status, data: await response.json() };
  },
  db_query: async (sql: string, ...values: unknown[]) => {
    const statement = db.prepare(sql);
    // `all` fails on statements that answer no rows, so guests can read and nothing else.
    return statement.all(...values);
  },
  log: (message: string) => console.log(`  [LOG] ${message}`),
});

serverless.on('coldStart', ({ tenantId, functionName }) => {
  console.log(`>> Cold start: creating runtime for ${tenantId}:${functionName}`);
});
serverless.on('reuse', ({ tenantId, functionName }) => {
  console.log(`-> Reusing runtime for ${tenantId}:${functionName}`);
});

try {
  await serverless.deploy({
    tenantId: 'tenant-a',
    name: 'process-webhook',
    code: `async (event) => {
      log('Processing webhook for tenant A');
      const resp = await fetch(event.path);
      return { status: resp.status, data: resp.data };
    }`,
  });
  await serverless.deploy({
    tenantId: 'tenant-b',
    name: 'user-lookup',
    code: `async (event) => {
      log('Looking up users for tenant B');
      return db_query('SELECT id, name FROM users WHERE id >= ? ORDER BY id', event.from);
    }`,
  });
  for (const path of ['/data', '/other']) {
    console.log('  Result:', await serverless.invoke('tenant-a', 'process-webhook', { path }));
  }
  console.log('  Result:', await serverless.invoke('tenant-b', 'user-lookup', { from: 2 }));
} finally {
  await serverless.cleanup();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  db.close();
  await rm(folder, { recursive: true });
}
