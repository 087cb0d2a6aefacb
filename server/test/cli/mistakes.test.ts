import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ServerProcess } from '../server-process.ts';
import { ProjectFolder } from './project-folder.ts';

it('a port that is taken is named, with what can be done', async () => {
  await using folder = await ProjectFolder.make();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await folder.run(['dev', '--port', String(port)]);
  other.close();
  expect(code).toBe(3);
  expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use: stop what uses it, or choose another with --port`);
});

it('a data folder that cannot be made is named, with the setting for another', async () => {
  await using folder = await ProjectFolder.make();
  await folder.write('file', '');
  const { code, stderr } = await folder.run(['serve'], '', { ISOLET_SERVER_DATA: 'file/data' });
  expect(code).toBe(3);
  expect(stderr).toMatch(/data folder \/.*\/file\/data can't be made: ENOTDIR.*ISOLET_SERVER_DATA/);
});

it('settings that make no sense are told together, each with the variable it came from', async () => {
  await using folder = await ProjectFolder.make();
  await folder.write('isolet.toml', '[server]\nprt = 1\n[server.tiers.standard]\nmaxFuncs = 1\n');
  const env = { ISOLET_SERVER_ADMIN_TOKEN: 'short', ISOLET_SERVER_KEY: 'brief', ISOLET_SERVER_PORT: 'eighty' };
  const { code, stderr } = await folder.run(['serve'], '', env);
  expect(code).toBe(2);
  for (const part of ['isolet.toml', '"prt"', '"maxFuncs"', 'at tiers.standard']) expect(stderr).toContain(part);
  expect(stderr).toMatch(/16 characters\s+→ at adminToken \(ISOLET_SERVER_ADMIN_TOKEN\)/);
  expect(stderr).toMatch(/16 characters\s+→ at key \(ISOLET_SERVER_KEY\)/);
  expect(stderr).toMatch(/→ at port \(ISOLET_SERVER_PORT\)/);
  // Secrets are not shown, however wrong they are.
  expect(stderr).not.toMatch(/'?short'?|'?brief'?/);
});

it('a package that is not installed, a module of Node and a setting that is not known are told by name', async () => {
  await using folder = await ProjectFolder.make();
  await folder.write('functions/a.ts', 'import pad from "@some/left-pad/deep";\nexport default () => pad("x");');
  await folder.write('functions/b.ts', 'import { readFile } from "fs";\nexport default () => readFile("x");');
  await folder.write('functions/c.ts', 'export default () => 1;');
  await folder.write('isolet.toml', '[functions.c]\ntimout = 5\n');
  const dev = await folder.dev();
  const broken: Record<string, string> = {};
  for (let i = 0; i < 3; i++) {
    const { function: name, problems } = await dev.next('broken');
    broken[name] = `${problems[0].file}: ${problems[0].message}`;
  }
  expect(broken['a']).toMatch(/functions\/a\.ts: .*npm install @some\/left-pad$/);
  expect(broken['b']).toMatch(/functions\/b\.ts: .*no modules of Node/);
  expect(broken['c']).toMatch(/^isolet\.toml: functions\.c: timout is not known here/);

  // It is installed: nothing else has to be done.
  const installed = join(folder.path, 'node_modules', '@some', 'left-pad');
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'package.json'), '{ "name": "@some/left-pad", "version": "1.0.0" }');
  await writeFile(join(installed, 'deep.js'), 'export default (text) => text.padStart(5);');
  await folder.write('package.json', '{ "dependencies": { "@some/left-pad": "1" } }');
  expect(await dev.next('deployed')).toMatchObject({ function: 'a' });
  expect(await dev.end()).toBe(0);
});

it('a token that is missing or wrong is said with where to give one', async () => {
  await using folder = await ProjectFolder.make();
  await using server = await ServerProcess.start(join(folder.path, 'data'));
  for (const token of [[], ['--token', 'not-the-right-one']]) {
    const { code, stderr } = await folder.run(['usage', '--tenant', 'acme', '--url', server.url, ...token]);
    expect([code, stderr]).toEqual([4, expect.stringContaining('ISOLET_SERVER_TOKEN')]);
  }
  const { code, stderr } = await folder.run(['usage', '--url', 'http://127.0.0.1:9', '--token', 'any']);
  expect([code, stderr]).toEqual([3, expect.stringContaining('no answer from http://127.0.0.1:9: ')]);
});
