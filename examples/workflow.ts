/** A workflow of steps that users wrote: a graph, each step in an isolate of its own, run as early as possible. */
import { type JsFunction, Runtime } from 'isolet';

interface Step {
  /** A function expression: `(results, input) => …`, sync or async. */
  code: string;
  after?: string[];
}

class Workflow {
  readonly #steps: ReadonlyMap<string, Step>;

  constructor(steps: Record<string, Step>) {
    this.#steps = new Map(Object.entries(steps));
    for (const name of this.#steps.keys()) this.#check(name, []);
  }

  /** Answers the results of all steps by name. A step that fails fails the run, with the step's name. */
  async run(input: unknown): Promise<Record<string, unknown>> {
    const running = new Map<string, Promise<unknown>>();
    // A step that two others need is started once: what is kept is its promise.
    const start = (name: string): Promise<unknown> => {
      const known = running.get(name);
      if (known) return known;
      const promise = this.#runStep(name, input, start);
      running.set(name, promise);
      return promise;
    };
    const names = [...this.#steps.keys()];
    const results = await Promise.all(names.map(start));
    return Object.fromEntries(names.map((name, index) => [name, results[index]]));
  }

  async #runStep(name: string, input: unknown, start: (name: string) => Promise<unknown>): Promise<unknown> {
    const { code, after = [] } = this.#step(name);
    const results: Record<string, unknown> = {};
    await Promise.all(after.map(async (needed) => (results[needed] = await start(needed))));
    console.log(`start ${name}`);
    const runtime = await Runtime.create({ name, timeout: 5000, maxHeapSize: 32 * 1024 * 1024 });
    try {
      const body = await runtime.evalAsync<JsFunction>(`(${code})`, { filename: `${name}.js` });
      return await body.callAsync([results, input]);
    } catch (error) {
      throw new Error(`step '${name}' failed: ${error instanceof Error ? error.message : error}`, { cause: error });
    } finally {
      await runtime.closeAsync();
    }
  }

  #step(name: string): Step {
    const step = this.#steps.get(name);
    if (!step) throw new Error(`there is no step '${name}'`);
    return step;
  }

  #check(name: string, path: string[]): void {
    if (path.includes(name)) throw new Error(`steps wait for each other: ${[...path, name].join(' → ')}`);
    for (const needed of this.#step(name).after ?? []) this.#check(needed, [...path, name]);
  }
}

const report = new Workflow({
  fetch: { code: '(_, input) => Array.from({ length: input.days }, (_, day) => 8 + 3 * day + (day % 2))' },
  sum: { code: '({ fetch }) => fetch.reduce((a, b) => a + b, 0)', after: ['fetch'] },
  count: { code: '({ fetch }) => fetch.length', after: ['fetch'] },
  report: { code: 'async ({ sum, count }) => count + " days, " + sum + " visits"', after: ['sum', 'count'] },
});
console.log((await report.run({ days: 8 })).report);

try {
  new Workflow({ a: { code: '() => 1', after: ['b'] }, b: { code: '() => 2', after: ['a'] } });
} catch (error) {
  console.log((error as Error).message);
}
const broken = new Workflow({ parse: { code: '(_, input) => JSON.parse(input)' } });
await broken.run('{').catch((error: Error) => console.log(error.message.split(':')[0]));
