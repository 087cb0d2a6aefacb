import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../lib/pool/secrets/matcher.ts';
import { Redactor } from '../../lib/pool/secrets/redactor.ts';

const short = (max: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: max });

/** Which characters belong to an occurrence of one of the texts. */
function covered(text: string, texts: readonly string[]): boolean[] {
  const marks = new Array<boolean>(text.length).fill(false);
  for (const each of texts) {
    for (let at = text.indexOf(each); at >= 0; at = text.indexOf(each, at + 1)) marks.fill(true, at, at + each.length);
  }
  return marks;
}

const longestBeginning = (text: string, texts: readonly string[]): number =>
  Math.max(
    0,
    ...texts.flatMap((each) => Array.from(each, (_, i) => i + 1).filter((n) => text.endsWith(each.slice(0, n)))),
  );

describe('the matcher', () => {
  test('finds what indexOf finds, and the beginnings at the end', () => {
    fc.assert(
      fc.property(fc.array(short(6), { minLength: 1, maxLength: 8 }), short(60), (texts, text) => {
        const { spans, open } = new Matcher(texts).find(text, 1);
        const marks = new Array<boolean>(text.length).fill(false);
        for (let i = 0; i < spans.length; i += 2) {
          expect(spans[i]).toBeLessThan(spans[i + 1] as number);
          if (i > 0) expect(spans[i]).toBeGreaterThanOrEqual(spans[i - 1] as number);
          marks.fill(true, spans[i], spans[i + 1]);
        }
        expect(marks).toEqual(covered(text, texts));
        expect(open).toBe(longestBeginning(text, texts));
      }),
      { numRuns: 3000 },
    );
  });

  test('what precedes an ellipsis counts if it is a long enough beginning', () => {
    const matcher = new Matcher(['secret-one', 'other']);
    expect(matcher.find('a secre… othe…', 5).spans).toEqual([2, 7]);
    expect(matcher.find('a secre… othe…', 4).spans).toEqual([2, 7, 9, 13]);
  });
});

describe('a redactor', () => {
  test('is none where there is nothing to look for', () => {
    expect(Redactor.for([])).toBeUndefined();
    expect(Redactor.for(['', 'abc', '     '])).toBeUndefined();
  });

  test('leaves nothing of a secret that is cut anywhere', () => {
    const secret = 'sk_live_0123456789';
    const redactor = Redactor.for([secret, 'sk_l/other']) as Redactor;
    for (let i = 0; i <= secret.length; i++) {
      const clean = redactor.text(`x ${secret} ${secret.slice(0, i)}`, true);
      expect(clean).toBe(i < 4 ? 'x [redacted] ' : 'x [redacted] [redacted]');
    }
  });

  test('takes a text and secrets that repeat themselves in one pass', () => {
    const secrets = Array.from({ length: 40 }, (_, i) => `${'a'.repeat(500 + i)}b`);
    const redactor = Redactor.for(secrets) as Redactor;
    const text = 'a'.repeat(1_000_000);
    expect(redactor.text(text)).toBe(text);
    expect(redactor.text(`${text}b`)).toBe(`${'a'.repeat(1_000_000 - 539)}[redacted]`);
  });

  test('takes values whose forms would be many', () => {
    const strange = '\u0001'.repeat(60_000);
    const redactor = Redactor.for([strange, 'plain-secret']) as Redactor;
    expect(redactor.text(`<${strange}> plain-secret`)).toBe('<[redacted]> [redacted]');
  });
});
