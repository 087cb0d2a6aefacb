import { expect, it } from 'vitest';
import { pages, readPage } from './blocks.ts';

it('every name with a word of this house in it is explained', () => {
  const words = readPage('docs/words.md');
  const names = new Set<string>();
  for (const page of pages.filter((path) => path.startsWith('docs/api/'))) {
    for (const [, name = ''] of readPage(page).matchAll(
      /^### `(\w*(?:stock|lost|forgive|superseded)\w*)(?:\(\))?`$/gim,
    )) {
      names.add(name);
    }
  }
  expect([...names]).toEqual(expect.arrayContaining(['stock', 'lost', 'forgive', 'maxLostPerTenant', 'lostIsolates']));
  for (const name of names) {
    // `stockedIsolates` is what `maxStockedIsolates` bounds.
    const stem = name.replace(/^max/, '').toLowerCase();
    expect(words.toLowerCase(), name).toContain(stem);
  }
});

it.each(pages)('%s uses no word that only this house knows', (page) => {
  const prose = readPage(page)
    .replace(/^```.*?^```/gms, '')
    .replace(/`[^`]+`/g, '');
  expect(prose.match(/.*(?:virgin|rehears).*/gi)).toBeNull();
});
