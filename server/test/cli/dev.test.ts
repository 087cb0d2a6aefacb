import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ProjectFolder } from './project-folder.ts';

it('in an empty folder there is a function that answers, and an edit changes the answer', async () => {
  await using folder = await ProjectFolder.make();
  const dev = await folder.dev();
  expect(await dev.next('deployed')).toMatchObject({ function: 'hello', warnings: [] });
  const { url } = await dev.next('ready');
  expect(new URL(url).hostname).toBe('127.0.0.1');
  const ask = async () => (await fetch(`${url}/fn/dev/hello?name=ada`)).text();
  expect(JSON.parse(await ask())).toMatchObject({ hello: 'ada', visits: 1 });
  expect(JSON.parse(await ask())).toMatchObject({ visits: 2 });
  expect((await fetch(url)).headers.get('content-type')).toContain('text/html');

  await folder.write('functions/hello.ts', 'export default { fetch: (): Response => new Response("changed") };');
  await dev.next('deployed');
  expect(await ask()).toBe('changed');

  // What is broken is told with its place, and what was there before goes on.
  await folder.write('functions/hello.ts', 'export default {\n  fetch( => 1 };');
  const { problems } = await dev.next('broken');
  expect(problems[0]).toMatchObject({ file: 'functions/hello.ts', line: 2, column: 10 });
  expect(await ask()).toBe('changed');

  await folder.write('functions/hello.ts', 'export default { fetch: () => new Response("mended") };');
  await dev.next('deployed');
  expect(await ask()).toBe('mended');
  expect(statSync(join(folder.path, '.isolet', 'dev.json')).mode & 0o777).toBe(0o600);
  expect(await dev.end()).toBe(0);
  expect(existsSync(join(folder.path, '.isolet', 'dev.json'))).toBe(false);
});

it('follows files that a function imports, functions that come and go, and the project file', async () => {
  await using folder = await ProjectFolder.make();
  await folder.write('functions/one.ts', `import { word } from '../lib/word';\nexport default () => word;`);
  await folder.write('lib/word.ts', `export const word: string = 'first';`);
  const dev = await folder.dev();
  const { url } = await dev.next('ready');
  const ask = async (name: string) => (await fetch(`${url}/fn/dev/${name}`)).text();
  expect(await ask('one')).toContain('first');
  await folder.write('lib/word.ts', `export const word: string = 'second';`);
  await dev.next('deployed');
  expect(await ask('one')).toContain('second');

  await folder.write('functions/two.js', '() => 2');
  expect(await dev.next('deployed')).toMatchObject({ function: 'two' });
  expect(await ask('two')).toBe('2');
  await rm(join(folder.path, 'functions/two.js'));
  expect(await dev.next('removed')).toMatchObject({ function: 'two' });
  expect((await fetch(`${url}/fn/dev/two`)).status).toBe(404);

  await folder.write('isolet.toml', '[functions.one]\nenv = { WORD = "third" }\n');
  await dev.next('deployed');
  await folder.write('functions/one.ts', 'export default (event, { env }) => env.WORD;');
  await dev.next('deployed');
  expect(await ask('one')).toContain('third');
  await folder.write('isolet.toml', '[functions.one');
  expect((await dev.next('misread')).message).toContain('isolet.toml');
  expect(await ask('one')).toContain('third');
});
