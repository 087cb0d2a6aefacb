/** Two tenants, two functions, three invocations: what is cold, what is reused, and who can call what. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Isolation, ServerlessRuntime } from 'isolet';

const users = [
  { id: 1, name: 'Alice' },
  { id: 2, name: 'Bob' },
];

// ISOLET_ISOLATION=process: each tenant in a process of its own.
const isolation = (process.env['ISOLET_ISOLATION'] ?? 'isolate') as Isolation;

const api = {
  fetch: async (url: string) => {
    await delay(10);
    return { status: 200, data: `Response from ${url}` };
  },
  db_query: async (_sql: string) => {
    await delay(5);
    return users;
  },
  log: (message: string) => console.log(`  [LOG] ${message}`),
};

const serverless = new ServerlessRuntime(api, { isolation });

serverless.on('deploy', ({ tenantId, functionName }) => console.log(`✓ Deployed ${tenantId}:${functionName}`));
serverless.on('coldStart', ({ tenantId, functionName }) => {
  console.log(`>> Cold start: creating runtime for ${tenantId}:${functionName}`);
});
serverless.on('reuse', ({ tenantId, functionName }) => {
  console.log(`-> Reusing runtime for ${tenantId}:${functionName}`);
});

await serverless.deploy({
  tenantId: 'tenant-a',
  name: 'process-webhook',
  code: `async (event) => {
    log('Processing webhook for tenant A');
    const resp = await fetch(event.url);
    return { status: resp.status, data: resp.data };
  }`,
});
await serverless.deploy({
  tenantId: 'tenant-b',
  name: 'user-lookup',
  code: `async (event) => {
    log('Looking up users for tenant B');
    const users = await db_query('SELECT * FROM users');
    return users.filter(u => u.id === event.userId);
  }`,
});

console.log('\n--- Invoking functions ---');
const first = await serverless.invoke('tenant-a', 'process-webhook', { url: 'https://api.example.com/data' });
console.log('  Result:', first);
console.log();
const second = await serverless.invoke('tenant-a', 'process-webhook', { url: 'https://api.example.com/other' });
console.log('  Result:', second);
console.log();
console.log('  Result:', await serverless.invoke('tenant-b', 'user-lookup', { userId: 1 }));

await serverless.cleanup();
