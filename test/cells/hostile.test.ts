import { describe, expect, it } from 'vitest';
import { hasCells, root, startProgram } from './support.ts';

interface HostileProgram {
  id: string;
  entry: string;
  needs?: string[];
  console?: unknown;
}

const { loadCorpus } = (await import(new URL('../hostile/corpus.mjs', import.meta.url).href)) as {
  loadCorpus(): Promise<HostileProgram[]>;
};

/** One in so many: the corpus takes minutes. ISOLET_CELL_SAMPLE=1 runs all of it. */
const sample = Number(process.env['ISOLET_CELL_SAMPLE'] ?? 40);
/** So many share a cell: each may lose its guest, and a process takes only so many of those. */
const together = 12;

/** Those that use the host's own files and threads are about the host; a cell has none. */
const withoutHost = new Set(['evalAsync', 'eval', 'callAsync', 'call', 'bootstrap', 'module']);

async function choose(): Promise<string[]> {
  const programs = (await loadCorpus()).filter(
    ({ entry, needs, console }) => withoutHost.has(entry) && !needs && console !== 'inherit',
  );
  const first = new Map(programs.toReversed().map(({ id }) => [id.replace(/ \[\w+\]$/, ''), id]));
  return [...first.values()].reverse().filter((_, index) => index % sample === 0);
}

// What the filter refuses must be nothing that the engine needs when it is attacked: parking, unwinding, giving up.
describe.skipIf(!hasCells)('the hostile corpus in a sealed process', () => {
  it('ends as it does outside, and the next runtime works', async () => {
    const ids = await choose();
    expect(ids.length).toBeGreaterThan(10);
    for (let at = 0; at < ids.length; at += together) {
      const some = ids.slice(at, at + together);
      const options = { maxMemory: 4 * 1024 ** 3, readable: [`${root}test/hostile`], scriptArguments: some };
      const cell = await startProgram('hostile', options);
      for (const id of some) {
        const ended = (await cell.run(`return attack(${JSON.stringify(id)})`)) as Ended;
        expect(ended.answer, id).toBe(42);
        // A machine that is slow may take longer than the program has.
        expect([...ended.expected, 'timeout'], id).toContain(ended.outcome);
      }
      cell.kill();
    }
  }, 1_200_000);
});

interface Ended {
  outcome: string;
  expected: string[];
  answer: number;
}
