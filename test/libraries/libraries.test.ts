import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { languageOnly } from './language-only.ts';
import { missingBefore } from './missing-before.ts';
import { inGuest } from './run.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

describe('libraries that need names of the web', () => {
  test.each(missingBefore)('%s', async (_, program, value) => {
    expect(await inGuest(program, here)).toEqual(value);
  });
});

describe('libraries that need the language', () => {
  test.each(languageOnly)('%s', async (_, program, value) => {
    expect(await inGuest(program, here)).toEqual(value);
  });
});
