import { readdirSync, readFileSync } from 'node:fs';
import { type ErrorCode, errorCodes, IsoletError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { readPage, root } from './blocks.ts';

const page = readPage('docs/errors.md');
const sections = page
  .split(/^(?=#{2,3} )/m)
  .map((section) => /^### `(ERR_ISOLET_[A-Z_]+)` · `(\w+)`(?:, `(\w+)`)?\n\n(.*)$/s.exec(section))
  .filter((match) => match !== null)
  .map(([, code = '', first = '', second, text = '']) => ({ code, classes: second ? [first, second] : [first], text }));

describe('docs/errors.md', () => {
  it('has one section for every code of the catalogue, in its order', () => {
    expect(sections.map((section) => section.code)).toEqual(Object.keys(errorCodes));
  });

  it.each(sections.map((section) => [section.code, section] as const))(
    '%s begins with its sentence',
    (code, section) => {
      expect(section.text.startsWith(errorCodes[code as keyof typeof errorCodes])).toBe(true);
    },
  );

  it('says for every code what to do', () => {
    for (const { code, text } of sections) expect(text, code).toMatch(/^\*\*What to do\.\*\* /m);
  });

  it('says for every code whether to try again, as the errors do', () => {
    for (const { code, text } of sections) {
      const [, answer] = /^\*\*Retryable\.\*\* (Yes|No|Only)\b/m.exec(text) ?? [];
      expect(answer === 'Yes', `${code}: ${answer}`).toBe(new IsoletError(code as ErrorCode, '').retryable);
      expect(answer, code).toBeDefined();
    }
  });

  it('names classes that are exported, and all of them', async () => {
    const isolet: Record<string, unknown> = await import('isolet');
    const classes = new Set(sections.flatMap((section) => section.classes));
    for (const name of classes) expect(isolet[name], name).toBeTypeOf('function');
    const exported = Object.keys(isolet).filter((name) => name.endsWith('Error') && name !== 'IsoletError');
    expect([...classes].sort()).toEqual(exported.sort());
  });

  it('documents every field that the classes declare', () => {
    const folder = new URL('lib/errors/', root);
    const fields = new Map<string, string[]>();
    for (const file of readdirSync(folder)) {
      const source = readFileSync(new URL(file, folder), 'utf8');
      for (const [, name = '', body = ''] of source.matchAll(/^export class (\w+) extends [^{]*\{(.*?)^\}/gms)) {
        fields.set(
          name,
          [...body.matchAll(/^ {2}(?:declare )?readonly (\w+)/gm)].map(([, field = '']) => field),
        );
      }
    }
    for (const { code, classes, text } of sections) {
      for (const name of classes) {
        const own = fields.get(name);
        expect(own, name).toBeDefined();
        for (const field of own ?? [])
          if (field !== 'code') expect(text, `${code}: ${name}.${field}`).toContain(`\`${field}\``);
      }
    }
  });

  it('knows the codes that the source uses, and no other is used', () => {
    const used = new Set<string>();
    const folder = new URL('lib/', root);
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const source = readFileSync(new URL(file, folder), 'utf8');
      for (const [, code = ''] of source.matchAll(/'(ERR_ISOLET_[A-Z_]+)'/g)) used.add(code);
    }
    for (const code of used) expect(Object.keys(errorCodes)).toContain(code);
  });
});
