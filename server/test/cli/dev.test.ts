import { existsSync, statSync } from 'node:fs';
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
