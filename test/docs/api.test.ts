import { readdirSync, readFileSync } from 'node:fs';
import * as isolet from 'isolet';
import { describe, expect, it } from 'vitest';
import { readPage, root } from './blocks.ts';

const folder = new URL('docs/api/', root);
const pages = readdirSync(folder).filter((name) => name !== 'README.md');
const sections = pages.flatMap((name) =>
  [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^## (?:\w+ )?`(\w+)`$/gm)].map(([, title = '']) => title),
);

// That the texts are those of the doc comments is what `npm run docs:api -- --check` says.
describe('docs/api', () => {
  it('has one section for every exported value', () => {
    for (const name of Object.keys(isolet)) expect(sections, `${name}: npm run docs:api`).toContain(name);
    expect(new Set(sections).size).toBe(sections.length);
  });

  it('lists every section in its index', () => {
    const index = readPage('docs/api/README.md');
    for (const name of sections) expect(index).toContain(`\`${name}\``);
  });

  it('says for every method of Runtime what it throws or does', () => {
    const page = readPage('docs/api/runtime.md');
    const methods = Object.getOwnPropertyNames(isolet.Runtime.prototype).filter((name) => name !== 'constructor');
    expect(methods.length).toBeGreaterThan(10);
    for (const name of methods) expect(page, name).toMatch(new RegExp(`^### \`${name}(\\(\\))?\`$`, 'm'));
  });
});
