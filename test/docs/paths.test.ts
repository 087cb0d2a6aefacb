import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pages, readPage, root } from './blocks.ts';

const mentions = pages.flatMap((page) =>
  [...readPage(page).matchAll(/`((?:native|lib|test|examples|bench|docs|scripts)\/[\w./-]+)`/g)].map(
    ([, path = '']) => [page, path] as const,
  ),
);

describe('what the documentation names', () => {
  it.each(mentions)('%s: %s exists', (_, path) => {
    expect(existsSync(new URL(path, root))).toBe(true);
  });

  it('the parts in the map are files', () => {
    const [, map = ''] = readPage('docs/architecture.md').split('### native/engine\n');
    const [engine = '', rest = ''] = map.split('### native/value\n');
    const [value = '', binding = ''] = rest.split('### native/binding\n');
    const files = (folder: string) => readdirSync(new URL(`native/${folder}/`, root));
    const rows = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^\| `/.test(line))
        .map((line) => line.split('|')[1] ?? '');
    const names = (text: string) => [...text.matchAll(/`([a-z_0-9.]+)`/g)].map(([, name = '']) => name);
    for (const [folder, parts] of [
      ['engine', names(rows(engine).join())],
      ['value', names(value)],
      ['binding', names(rows(binding.split('### lib')[0] ?? '').join())],
    ] as const) {
      expect(parts.length, folder).toBeGreaterThan(5);
      const stems = new Set(files(folder).flatMap((name) => [name, name.replace(/\.\w+$/, '')]));
      for (const part of parts) expect(stems, `native/${folder}/${part}`).toContain(part);
      if (folder === 'value') continue;
      const named = new Set(parts.map((part) => part.replace(/\.\w+$/, '')));
      const missing = files(folder).filter((name) => !named.has(name.replace(/\.\w+$/, '')));
      expect(missing, `files of native/${folder} that the map leaves out`).toEqual([]);
    }
  });

  it('every hostile program file is named where its threat is', () => {
    const page = readPage('docs/security.md');
    for (const name of readdirSync(new URL('test/hostile/programs/', root))) expect(page).toContain(`\`${name}\``);
  });
});
