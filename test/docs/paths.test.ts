import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pages, readPage, root } from './blocks.ts';

const { rooms } = (await import(new URL('scripts/check-rooms.mjs', root).href)) as {
  rooms: { name: string; about: string }[];
};

const { libRooms } = (await import(new URL('scripts/check-lib-rooms.mjs', root).href)) as { libRooms: string[] };

const mentions = [...pages, 'CONTRIBUTING.md'].flatMap((page) =>
  [...readPage(page).matchAll(/`((?:native|lib|test|examples|bench|docs|scripts)\/[\w./-]+)`/g)].map(
    ([, path = '']) => [page, path] as const,
  ),
);

describe('what the documentation names', () => {
  it.each(mentions)('%s: %s exists', (_, path) => {
    expect(existsSync(new URL(path, root))).toBe(true);
  });

  it('the parts in the map are files', () => {
    const [, map = ''] = readPage('docs/architecture.md').split("### The engine's rooms\n");
    const [engine = '', rest = ''] = map.split('### native/value\n');
    const [value = '', binding = ''] = rest.split('### native/binding\n');
    const partsIn = (folder: string): string[] =>
      readdirSync(new URL(`native/${folder}`, root), { withFileTypes: true }).flatMap((entry) => {
        const path = `${folder}${entry.name}`;
        if (entry.isDirectory()) return partsIn(`${path}/`);
        return /\.(?:h|cc)$/.test(path) ? [path.replace(/\.\w+$/, '')] : [];
      });
    const names = (text: string) =>
      [...text.matchAll(/`([a-z_0-9./]+)`/g)].map(([, name = '']) => name.replace(/\.h$/, ''));
    const rows = (text: string) => {
      const lines = text.split('\n').filter((line) => /^\| `/.test(line));
      return names(lines.map((line) => line.split('|')[1]).join());
    };
    const named = new Set([
      ...rows(engine),
      ...names(value).map((name) => `value/${name}`),
      ...rows(binding.split('### lib')[0] ?? '').map((name) => `binding/${name}`),
    ]);
    const parts = new Set(partsIn(''));
    expect(
      [...named].filter((name) => !parts.has(name)),
      'named, but no files',
    ).toEqual([]);
    const missing = [...parts].filter((part) => !named.has(part) && part !== 'addon' && !part.startsWith('value/'));
    expect(missing, 'files that the map leaves out').toEqual([]);
  });

  it('the map names every room in its order, with what it is for', () => {
    const heads = [...readPage('docs/architecture.md').matchAll(/^\| \*\*(.+?)\*\* \| \*\*(.+)\*\* \| \|$/gm)];
    // These have maps of their own.
    const listed = rooms.filter(({ name }) => name !== 'value' && !name.startsWith('binding/'));
    expect(heads.map(([, name, about]) => ({ name, about }))).toEqual(listed);
  });

  it('the table of lib/ names every room', () => {
    const [, table = ''] = readPage('docs/architecture.md').split('### lib\n');
    const [text = ''] = table.split('\n## ');
    for (const name of libRooms) expect(text).toMatch(new RegExp(`^\\| (?:.+, )?\`${name}\``, 'm'));
  });

  it('every change that somebody may want has a place to go to', () => {
    const [, table = ''] = readPage('docs/architecture.md').split('## I want to change …\n');
    const rows = table.split('\n## ')[0]?.match(/^\| (?!I want|---).+$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row).toMatch(/\| .*`(?:lib|native|scripts)\/[\w./-]+`.* \|$/);
  });

  it('every hostile program file is named where its threat is', () => {
    const page = readPage('docs/security.md');
    for (const name of readdirSync(new URL('test/hostile/programs/', root))) expect(page).toContain(`\`${name}\``);
  });
});
