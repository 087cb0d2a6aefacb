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

  it.each(pages)('%s says what is thrown, in words and without the marks of comments', (name) => {
    const text = readPage(`docs/api/${name}`).replace(/^```.*?^```$/gms, '');
    expect(text).not.toMatch(/^Throws\s*$/m);
    expect(text.replace(/`[^`]+`/g, '').match(/^.*[{}].*$/gm)).toBeNull();
    expect(text.match(/(?:^|\s)@[a-z]+.*$/gm)).toBeNull();
  });

  it.each([
    ['serverless', 'interface `FunctionSpec`', ['tenantId: string', 'memoryMb?: number | undefined']],
    ['serverless', 'interface `ServerlessInvokeOptions`', ['signal?: AbortSignal | undefined']],
    ['serverless', 'interface `TenantUsage`', ['cpuMs: number']],
    ['serverless', 'interface `ServerlessEvents`', ['coldStart: [FunctionRef]']],
    ['pool', 'interface `DetailedResult`', ['outcome: Outcome', 'tenantId: string']],
    ['runtime', 'interface `EvalOptions`', ['timeout?: number | undefined']],
    ['runtime', 'interface `RuntimeStats`', ['heapUsedBytes: number']],
    ['errors', 'class `HeapLimitError`', ['readonly reason: string', 'readonly code: ErrorCode']],
  ])('%s.md: %s lists what it inherits', (page, heading, fields) => {
    const [, rest = ''] = readPage(`docs/api/${page}.md`).split(`## ${heading}\n`);
    const section = rest.split(/^## /m)[0];
    for (const field of fields) expect(section).toContain(`\n- \`${field}\``);
    expect(section).not.toContain('`version?: string');
  });

  it('has one section for a method with several signatures, without its implementation', () => {
    for (const name of pages) {
      for (const section of readPage(`docs/api/${name}`).split(/^## /m)) {
        const members = [...section.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
        expect(members, section.split('\n')[0]).toEqual([...new Set(members)]);
      }
    }
    expect(readPage('docs/api/serverless.md')).not.toContain('options: ServerlessInvokeOptions = {}');
  });

  it.each(pages)('%s: every section, and everything that can be called, says what it is', (name) => {
    const text = readPage(`docs/api/${name}`).replace(/^```.*?^```\n/gms, '');
    const silent = [...`${text}\n#`.matchAll(/^(## .+|### .+\(\)`)$\n*(?=^#)/gm)].map(([, title = '']) => title);
    // What makes an error is its fields.
    expect(silent.filter((title) => !/^### `new \w+Error\(\)`$/.test(title))).toEqual([]);
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
