import { readdirSync, readFileSync } from 'node:fs';

export const root = new URL('../../', import.meta.url);

/** README and the pages in docs/ and docs/api/, as paths from the package's root. */
const names = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' });
export const pages = ['README.md', ...names.map((name) => `docs/${name.replaceAll('\\', '/')}`)]
  .filter((path) => path.endsWith('.md'))
  .sort();

export interface Block {
  page: string;
  line: number;
  language: 'js' | 'ts';
  code: string;
}

export function readPage(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The JavaScript and TypeScript blocks of a page: whole programs. Signatures are marked `typescript`. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const text = readPage(page);
  for (const match of text.matchAll(/^```(js|ts)\n(.*?)^```/gms)) {
    const [, language, code = ''] = match;
    blocks.push({
      page,
      line: text.slice(0, match.index).split('\n').length,
      language: language as 'js' | 'ts',
      code,
    });
  }
  return blocks;
}

/** What a block says it prints: the comments behind its `console.log` lines, in order. */
export function promised(block: Block): string[] {
  return [...block.code.matchAll(/console\.log\(.*\).*; \/\/ (.+)$/gm)].map(([, text = '']) => text);
}

/** Cells of the first column of a page's table under `heading`, without the head. */
export function firstColumn(page: string, heading: string): string[] {
  const section =
    readPage(page)
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => (row.split('|')[1] ?? '').trim());
}
