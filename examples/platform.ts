/** A small platform: two tiers, schemas, rates, versions with an alias, metering. Ends by itself. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { invocationOf, RateLimitError, ServerlessRuntime, ValidationError } from 'isolet';

// With zod these are `z.string()` and `z.number()`; any library that follows Standard Schema will do.
function schema<T>(type: string): StandardSchemaV1<unknown, T> {
  const validate = (value: unknown) =>
    typeof value === type ? { value: value as T } : { issues: [{ message: `expected a ${type}` }] };
  return { '~standard': { version: 1, vendor: 'example', validate } };
}
const text = schema<string>('string');
const number = schema<number>('number');

const plans = new Map([
  ['acme', 'pro'],
  ['hobbyist', 'free'],
]);
const store = new Map<string, unknown>();

const platform = new ServerlessRuntime(
  {
    // The caller comes first, from the platform and not from the guest: tenants can't read each other's keys.
    kv: {
      get: { input: text, handler: async ({ tenantId }, key: string) => store.get(`${tenantId}/${key}`) },
      add: {
        input: [text, number],
        output: number,
        maxCalls: 10,
        handler: async ({ tenantId }, key: string, amount: number) => {
          const sum = Number(store.get(`${tenantId}/${key}`) ?? 0) + amount;
          store.set(`${tenantId}/${key}`, sum);
          return sum;
        },
      },
    },
    mail: {
      send: {
        input: text,
        timeout: 1000,
        handler: async ({ tenantId }, to: string) => `sent to ${to} for ${tenantId}`,
      },
    },
  },
  {
    tiers: {
      free: { memoryMb: 8, timeout: 200, rate: { requests: 5, per: 60_000 }, apis: ['kv'], codeSize: 10_000 },
      pro: { memoryMb: 64, timeout: 2000, cpuTimeout: 1000, concurrency: 20 },
    },
    tenantTier: (tenantId) => plans.get(tenantId) ?? 'free',
    validation: { rules: ['no-with', 'no-debugger', 'no-eval', 'no-constant-loop'] },
    pool: { maxRuntimes: 100, maxMemoryMb: 1024, idleTtl: 30_000 },
  },
);

platform.on('deploy', ({ tenantId, functionName, version }) =>
  console.log(`deployed ${tenantId}:${functionName} ${version}`),
);
platform.on('log', ({ tenantId, level, message }) => console.log(`[${tenantId}] ${level}: ${message}`));
platform.on('timeout', ({ tenantId, functionName, limit }) => {
  console.log(`${tenantId}:${functionName} reached its ${limit?.name} of ${limit?.value} ms`);
});

// What is wrong is said at once, all of it, before anything changes.
try {
  await platform.deploy({
    tenantId: 'hobbyist',
    name: 'greedy',
    memoryMb: 128,
    code: `async (event) => {
      await mail.send(event.to);
      while (true) {}
    }`,
  });
} catch (error) {
  if (!(error instanceof ValidationError)) throw error;
  for (const { message, line } of error.issues)
    console.log(`refused: ${message}${line === undefined ? '' : `, line ${line}`}`);
}

// Two versions of a counter, and an alias that sends a tenth of its calls to the new one.
const counter = (step: number) => ({
  tenantId: 'acme',
  name: 'counter',
  env: { STEP: String(step) },
  secrets: { TOKEN: 'a-token-nobody-sees' },
  code: `async (event, { env, log }) => {
    const count = await kv.add(event.key, Number(env.STEP));
    if (count % 10 === 0) log.info(event.key, 'is at', count, env.TOKEN);
    return count;
  }`,
});
const old = await platform.deploy(counter(1));
const next = await platform.deploy(counter(10));
platform.setAlias('acme', 'counter', 'live', { [old.version]: 90, [next.version]: 10 });
await Promise.all(
  Array.from({ length: 50 }, () => platform.invoke('acme', 'counter', { key: 'visits' }, { alias: 'live' })),
);
platform.rollback('acme', 'counter');
const { value, durationMs, cpuMs } = await platform.invoke('acme', 'counter', { key: 'visits' }, { detailed: true });
console.log(`visits: ${value}, ${durationMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of them on the processor`);

// Limits hold, and say what they saw.
await platform.deploy({
  tenantId: 'hobbyist',
  name: 'slow',
  code: '(n) => { let i = 0; while (i < n) i++; return i; }',
});
for (let call = 1; call <= 6; call++) {
  try {
    await platform.invoke('hobbyist', 'slow', call === 3 ? Number.POSITIVE_INFINITY : 1000);
  } catch (error) {
    if (error instanceof RateLimitError) console.log(`call ${call}: again in ${error.retryAfter} ms`);
    else console.log(`call ${call}: ${(error as Error).message} [${invocationOf(error)?.outcome}]`);
  }
}

for (const [tenant, usage] of Object.entries(platform.usage())) {
  const { invocations, cpuMs: cpu, gbMs, hostCalls, rateLimited } = usage;
  console.log(tenant, { invocations, cpuMs: cpu, gbMs, hostCalls, rateLimited });
}
await platform.cleanup();
