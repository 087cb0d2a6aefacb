import { expect, it } from 'vitest';
import { readCliPage, withCommands } from '../../scripts/cli-page.ts';

it('docs/server/cli.md says what the commands are: `npm run docs -w server` writes it', () => {
  const page = readCliPage();
  expect(withCommands(page)).toBe(page);
});
