import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Block, blocksOf, pages, promised, readPage, root } from './blocks.ts';
import { typeProblems } from './types.ts';

const run = promisify(execFile);

/** Runs a block in a process of its own, against the package as it is built and exported; JavaScript as it stands. */
async function output({ code, language }: Block): Promise<string[]> {
  // Takes types away and turns `using` into what every supported Node understands.
  const program =
    language === 'js' ? code : (await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' })).code;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(root),
    timeout: 20_000,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

const blocks = pages.flatMap(blocksOf);

describe.concurrent('programs in the documentation', () => {
  it('are found', ({ expect }) => {
    for (const page of ['README.md', 'docs/embedding.md', 'docs/values.md', 'docs/errors.md', 'docs/api/runtime.md']) {
      expect(blocks.filter((block) => block.page === page).length, page).toBeGreaterThan(0);
    }
  });

  it.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))('%s', async (_, block) => {
    const lines = await output(block);
    const expected = promised(block);
    if (expected.length > 0) expect(lines).toEqual(expected);
  });
});

it('TypeScript in the documentation compiles under strict', { timeout: 120_000 }, () => {
  const programs = blocks.filter((block) => block.language === 'ts');
  expect(programs.length).toBeGreaterThan(5);
  expect(typeProblems(programs)).toEqual([]);
  const wrong: Block = { page: 'wrong.md', line: 7, language: 'ts', code: "\nconst n: number = 'x';\n" };
  expect(typeProblems([wrong])).toEqual([expect.stringMatching(/^wrong\.md:9: Type 'string' is not assignable/)]);
});

it('blocks have no other marks than these', () => {
  const known = ['js', 'ts', 'typescript', 'sh', 'json', 'toml', 'ini', 'dockerfile', 'mermaid', 'text', ''];
  for (const page of pages) {
    const marks = [...readPage(page).matchAll(/^```([^\n]*)\n.*?^```$/gms)].map(([, mark]) => mark);
    for (const mark of marks) expect(known, page).toContain(mark);
  }
});

describe('links in the documentation', () => {
  it.each(pages)('%s', (page) => {
    for (const [, target = ''] of readPage(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(new URL(target, new URL(page, root))), target).toBe(true);
    }
  });
});
