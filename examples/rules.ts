/** A rules engine inside a service: 1,000 tenants, a rule each, 64 isolates at a time. Ends by itself. */
import { IsoletError, ServerlessRuntime } from 'isolet';

const tenants = 1000;
const engine = new ServerlessRuntime(
  {},
  { pool: { maxRuntimes: 64, maxQueue: 2 * tenants, queueTimeout: 120_000, idleTtl: 5000 } },
);
let coldStarts = 0;
let evictions = 0;
engine.on('coldStart', () => coldStarts++);
engine.on('evict', () => evictions++);

/** What the tenant's people wrote. Every hundredth wrote something that never ends. */
function ruleOf(tenant: number): string {
  if (tenant % 100 === 99) return '() => { for (;;); }';
  return `(order) => {
    if (order.cents < 1000) return { discount: 0, reason: 'small' };
    return { discount: Math.min(50, ${tenant % 60}), reason: 'tenant ${tenant}' };
  }`;
}

const start = performance.now();
const numbers = Array.from({ length: tenants }, (_, tenant) => tenant);
for (const tenant of numbers) {
  await engine.deploy({
    tenantId: `t${tenant}`,
    name: 'discount',
    timeout: 5000,
    cpuTimeout: 50,
    code: ruleOf(tenant),
  });
}
console.log(`deployed ${engine.list().length} rules`);

async function decide(tenant: number, cents: number): Promise<number | string> {
  try {
    const { discount } = await engine.invoke<{ discount: number }>(`t${tenant}`, 'discount', { cents });
    return discount;
  } catch (error) {
    if (error instanceof IsoletError) return error.code;
    throw error;
  }
}

const answers = await Promise.all(numbers.map((tenant) => decide(tenant, 5000)));
const discounts = answers.filter((answer) => typeof answer === 'number');
const failures = answers.filter((answer) => answer === 'ERR_ISOLET_TIMEOUT');
console.log(`${discounts.length} answers, ${discounts.reduce((a, b) => a + b, 0)} in sum, ${failures.length} stopped`);
console.log(`small order: ${await decide(30, 500)}`);
console.log(`isolates at the end: at most 64: ${engine.stats().pool.runtimes <= 64}`);
console.error(`${coldStarts} cold starts, ${evictions} evictions, ${Math.round(performance.now() - start)} ms`);
await engine.cleanup();
