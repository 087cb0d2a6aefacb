import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
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

it('functions come, change, break, are mended, get other names and go with their files', async () => {
  await using folder = await ProjectFolder.make();
  const path = (file: string) => join(folder.path, file);
  await folder.write('functions/first.js', 'export default () => 1;');
  await folder.write('lib/word.ts', 'export const word: string = "one";');
  const dev = await folder.dev();
  const { url } = await dev.next('ready');
  const ask = async (name: string) => {
    const response = await fetch(`${url}/fn/dev/${name}`);
    return response.ok ? response.json() : response.status;
  };
  expect(await ask('first')).toBe(1);

  // An editor's empty file at first.
  await folder.write('functions/second.ts', '');
  const { problems } = await dev.next('broken');
  expect(problems[0]).toMatchObject({
    file: 'functions/second.ts',
    message: expect.stringContaining('export default'),
  });
  expect(await ask('second')).toBe(404);
  await folder.write('functions/second.ts', 'import { word } from "../lib/word.ts";\nexport default () => word;');
  expect(await dev.next('deployed')).toMatchObject({ function: 'second' });
  expect(await ask('second')).toBe('one');

  // A file that it is made of, written beside and put in its place.
  await folder.write('lib/word.ts.new', 'export const word: string = "two";');
  await rename(path('lib/word.ts.new'), path('lib/word.ts'));
  await dev.next('deployed');
  expect(await ask('second')).toBe('two');
  await rename(path('lib'), path('away'));
  expect((await dev.next('broken')).problems[0]).toMatchObject({ file: 'functions/second.ts', line: 1 });
  expect(await ask('second')).toBe('two');
  await rename(path('away'), path('lib'));
  expect(await dev.next('deployed')).toMatchObject({ function: 'second' });

  await rename(path('functions/second.ts'), path('functions/third.ts'));
  expect(await dev.next('removed')).toMatchObject({ function: 'second' });
  expect(await dev.next('deployed')).toMatchObject({ function: 'third' });
  expect([await ask('second'), await ask('third')]).toEqual([404, 'two']);
  // One that never worked goes as quietly as the others.
  await folder.write('functions/fourth.ts', 'export default (');
  await dev.next('broken');
  await rm(path('functions/fourth.ts'));
  expect(await dev.next('removed')).toMatchObject({ function: 'fourth' });

  // The folder goes, and another of its name comes.
  await rm(path('functions'), { recursive: true });
  expect([(await dev.next('removed')).function, (await dev.next('removed')).function].sort()).toEqual([
    'first',
    'third',
  ]);
  await mkdir(path('functions'));
  await folder.write('functions/fifth.js', '(event) => 5');
  expect(await dev.next('deployed')).toMatchObject({ function: 'fifth' });
  await folder.write('functions/fifth.js', '(event) => 6');
  await dev.next('deployed');
  expect(await ask('fifth')).toBe(6);
  expect(await dev.end()).toBe(0);
});

it('the project’s file counts as its functions’ files do, and a mistake in it takes nothing away', async () => {
  await using folder = await ProjectFolder.make();
  await folder.write('functions/hello.ts', 'export default (_: unknown, { env }: any) => env.WORD ?? null;');
  const dev = await folder.dev();
  const { url } = await dev.next('ready');
  const ask = async () => (await fetch(`${url}/fn/dev/hello`)).json();
  await folder.write('isolet.toml', '[functions.hello]\nenv = { WORD = "one" }\n');
  await dev.next('deployed');
  // Half a file may have been seen before all of it.
  await expect.poll(ask).toBe('one');

  await folder.write('isolet.toml', '[functions.hello\n');
  expect((await dev.next('misread')).message).toContain('isolet.toml');
  await folder.write('functions/hello.ts', 'export default (_: unknown, { env }: any) => env.WORD + "!";');
  await expect.poll(ask).toBe('one!');

  await folder.write('isolet.toml', '[functions.hello]\nenv = { WORD = "two" }\n[server]\nport = 1\n');
  expect((await dev.next('misread')).message).toContain('`server`');
  await expect.poll(ask).toBe('two!');
});

it('what lost its file while no dev was running is gone at the next start, and what was deployed by hand is not', async () => {
  await using folder = await ProjectFolder.make();
  await folder.write('functions/a.js', '() => 1');
  await folder.write('functions/b.js', '() => 2');
  await folder.write('by-hand.js', 'export default () => 3;');
  const first = await folder.dev();
  await first.next('ready');
  expect((await folder.run(['deploy', 'c', '--entry', 'by-hand.js'])).code).toBe(0);
  await first.end();
  await rm(join(folder.path, 'functions', 'b.js'));
  const second = await folder.dev();
  expect(await second.next('removed')).toMatchObject({ function: 'b' });
  const { url } = await second.next('ready');
  const status = async (name: string) => (await fetch(`${url}/fn/dev/${name}`)).status;
  expect([await status('a'), await status('b'), await status('c')]).toEqual([200, 404, 200]);
});

it('a folder that is named is made, and is where everything is', async () => {
  await using folder = await ProjectFolder.make();
  const dev = await folder.dev('some/where');
  expect(await dev.next('deployed')).toMatchObject({ function: 'hello' });
  await dev.next('ready');
  const there = (name: string) => existsSync(join(folder.path, 'some', 'where', name));
  expect([there('functions/hello.ts'), there('.isolet/dev.json')]).toEqual([true, true]);
  expect(await dev.end()).toBe(0);
});
