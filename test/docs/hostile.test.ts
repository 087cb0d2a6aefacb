import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const { memoryExceptions } = (await import(new URL('test/hostile/memory-exceptions.mjs', root).href)) as {
  memoryExceptions: ReadonlyMap<string, string>;
};

test('the programs that go above the memory bound are in security.md, with what was measured', () => {
  const [, table] = readFileSync(new URL('docs/security.md', root), 'utf8').split('<!-- memory exceptions -->');
  const rows = [...memoryExceptions].map(([program, why]) => {
    const [reason, measured] = why.split(/: (?=\d)/);
    return `| ${program} | ${measured} | ${reason} |`;
  });
  expect(table?.trim().split('\n')).toEqual(['| Program | Most measured | Why |', '|---|---|---|', ...rows]);
});
