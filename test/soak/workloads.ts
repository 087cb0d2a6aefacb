import { HeapLimitError, Runtime, TimeoutError } from 'isolet';

const MIB = 1024 * 1024;

/** One kind of wear. `step` does it `batch` times. */
export interface Workload {
  name: string;
  /** How often by default, and with `--full`. */
  quick: number;
  full: number;
  batch: number;
  /** Growth per 1,000 steps that is still noise. Sizes are bytes. */
  tolerance: { rss: number; threads: number; handles: number; mappings: number };
  start(): { step(): Promise<void>; stop(): void | Promise<void> };
}

// Which pages the allocator keeps varies: half a page per step and a handful of mappings is what an empty loop shows.
const still = { rss: 2 * MIB, threads: 0.05, handles: 0.05, mappings: 2 };

export const workloads: Workload[] = [
  {
    name: 'create, run, close',
    quick: 1000,
    full: 10_000,
    batch: 20,
    // The V8 of Node 24 leaves a part of a table behind with each isolate (docs/limits.md), a mapping for every 150.
    tolerance: { ...still, mappings: 10 },
    start: () => ({
      async step() {
        for (let i = 0; i < 20; i++) {
          const runtime =
            i % 2 ? new Runtime({ maxHeapSize: 16 * MIB }) : await Runtime.create({ maxHeapSize: 16 * MIB });
          runtime.bindFunction('double', (n: number) => n * 2);
          const sum = 'let s = 0; for (let i = 0; i < 100; i++) s += double(i); s';
          const result = i % 2 ? runtime.eval(sum) : await runtime.evalAsync(sum);
          if (result !== 9900) throw new Error(`9900 expected, got ${String(result)}`);
          if (i % 3) runtime.close();
          else await runtime.closeAsync();
        }
      },
      stop() {},
    }),
  },
  {
    name: 'calls',
    quick: 300_000,
    full: 1_000_000,
    batch: 5000,
    tolerance: { ...still, rss: MIB / 10, mappings: 0.2 },
    start() {
      const runtime = new Runtime({ maxHeapSize: 32 * MIB, timeout: 5000 });
      runtime.bindFunction('later', async (n: number) => n + 1);
      const plain = runtime.eval<CallableGuest>('(e) => ({ ok: true, n: e.n + 1 })');
      const waits = runtime.eval<CallableGuest>('async (e) => ({ ok: true, n: await later(e.n) })');
      return {
        async step() {
          for (let i = 0; i < 5000; i += 100) {
            const wanted = Array.from({ length: 98 }, (_, k) => (k % 10 ? plain : waits).callAsync([{ n: k }]));
            const answers = await Promise.all(wanted);
            answers.push(plain({ n: 98 }), runtime.eval('({ ok: true, n: 100 })') as { n: number });
            for (const [k, answer] of answers.entries()) {
              if (answer.n !== k + 1) throw new Error(`call ${k} answered ${answer.n}`);
            }
          }
        },
        stop: () => runtime.close(),
      };
    },
  },
  {
    name: 'timeouts',
    quick: 300,
    full: 3000,
    batch: 10,
    // Stacks of engine threads come and go: some twenty mappings up or down.
    tolerance: { ...still, rss: 4 * MIB, mappings: 10 },
    start() {
      const runtime = new Runtime({ maxHeapSize: 32 * MIB });
      const attacks = ['for (;;);', '(function f() { return Promise.resolve().then(f); })()', 'new Promise(() => {})'];
      return {
        async step() {
          for (let i = 0; i < 10; i++) {
            await expectEnd(TimeoutError, () => runtime.evalAsync(attacks[i % 3] as string, { timeout: 10 }));
          }
        },
        stop: () => runtime.close(),
      };
    },
  },
  {
    name: 'heap kills',
    quick: 100,
    full: 1000,
    batch: 10,
    tolerance: { ...still, rss: 10 * MIB, mappings: 20 },
    start: () => ({
      async step() {
        for (let i = 0; i < 10; i++) {
          const runtime = new Runtime({ maxHeapSize: 8 * MIB });
          await expectEnd(HeapLimitError, () => runtime.evalAsync('const a = []; for (;;) a.push({ n: a.length })'));
          runtime.close();
        }
      },
      stop() {},
    }),
  },
];

interface CallableGuest {
  (event: { n: number }): { n: number };
  callAsync(args: [{ n: number }]): Promise<{ n: number }>;
}

async function expectEnd(kind: new (...args: never[]) => Error, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof kind) return;
    throw error;
  }
  throw new Error(`${kind.name} expected`);
}
