/** A code tool for an AI agent: what the model writes runs in a sandbox, and what comes back is text for the model. */
import { runSandboxed } from 'isolet';

const orders = [
  { id: 1, customer: 'Alice', cents: 1250 },
  { id: 2, customer: 'Bob', cents: 800 },
  { id: 3, customer: 'Alice', cents: 2100 },
];

/** What the model may call. It reads what these return and nothing else. */
const tools = {
  searchOrders: async (customer: unknown) => orders.filter((order) => order.customer === String(customer)),
  exchangeRate: async (currency: unknown) => {
    if (currency !== 'CHF') throw new RangeError(`no rate for ${currency}`);
    return 0.96;
  },
};

/** The tool itself: never throws, so the model always gets an answer that it can react to. */
async function runCode(code: string): Promise<string> {
  const result = await runSandboxed(code, { globals: tools, timeout: 500, maxHeapSize: 16 * 1024 * 1024 });
  if (result.ok) return `Result: ${JSON.stringify(result.value)}`;
  const { kind, name, message } = result.error;
  switch (kind) {
    case 'timeout':
      return 'Timeout: the code took too long. Do less at once.';
    case 'memory':
      return 'Out of memory: keep less in memory.';
    case 'javascript':
      return `Your code threw ${name}: ${message}`;
    default:
      return `The code could not run: ${message}`;
  }
}

/** Stands in for the model: each turn is what it wrote after it had read the answer to the turn before. */
const turns = [
  'orders.filter((order) => order.customer === "Alice")',
  'searchOrders("Alice").then((found) => exchangeRate("EUR"))',
  'while (true) {}',
  `(async () => {
    const found = await searchOrders("Alice");
    const cents = found.reduce((sum, order) => sum + order.cents, 0);
    return { orders: found.length, francs: Math.round(cents * (await exchangeRate("CHF"))) / 100 };
  })()`,
];

for (const [turn, code] of turns.entries()) console.log(`${turn + 1}. ${await runCode(code)}`);
