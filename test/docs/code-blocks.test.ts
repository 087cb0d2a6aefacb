import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Block, blocksOf, isRunnable, pages, promised, readPage, root } from './blocks.ts';

const run = promisify(execFile);

/** Runs a block in a process of its own, against the package as it is built and exported. */
async function output(block: Block): Promise<string[]> {
  // Takes types away and turns `using` into what every supported Node understands.
  const { code } = await transform(block.code, { loader: block.language, format: 'esm', target: 'es2022' });
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(root),
    timeout: 20_000,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

const runnable = pages.flatMap(blocksOf).filter(isRunnable);

describe.concurrent('programs in the documentation', () => {
  it('are found', ({ expect }) => {
    for (const page of ['README.md', 'docs/embedding.md', 'docs/values.md', 'docs/errors.md']) {
      expect(runnable.filter((block) => block.page === page).length, page).toBeGreaterThan(0);
    }
  });

  it.each(runnable.map((block) => [`${block.page}:${block.line}`, block] as const))('%s', async (_, block) => {
    const lines = await output(block);
    const expected = promised(block);
    if (expected.length > 0) expect(lines).toEqual(expected);
  });
});

describe('links in the documentation', () => {
  it.each(pages)('%s', (page) => {
    for (const [, target = ''] of readPage(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(new URL(target, new URL(page, root))), target).toBe(true);
    }
  });
});
