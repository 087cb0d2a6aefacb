import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Rule {
  rule: string;
  edits: { file: string; text: string }[];
}

const root = new URL('../../', import.meta.url);
const { rules } = (await import(new URL('test/rules/rules.mjs', root).href)) as { rules: Rule[] };

test.each(rules.flatMap(({ rule, edits }) => edits.map((edit) => ({ rule, ...edit }))))(
  'the code that $rule stands on is where npm run test:rules takes it away: $file',
  ({ file, text }) => {
    expect(readFileSync(new URL(file, root), 'utf8').split(text)).toHaveLength(2);
  },
);
