import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminToken, command, type DataFolder, dataFolder, ServerProcess } from '../server-process.ts';
import { ProjectFolder } from './project-folder.ts';

let server: ServerProcess;
let data: DataFolder;
let folder: ProjectFolder;
const run = (args: string[], input?: string) =>
  folder.run(args, input, { ISOLET_SERVER_URL: server.url, ISOLET_SERVER_TOKEN: adminToken });
const json = async (args: string[], input?: string) => JSON.parse((await run([...args, '--json'], input)).stdout);

beforeAll(async () => {
  data = await dataFolder();
  server = await ServerProcess.start(data.path);
  folder = await ProjectFolder.make();
  await folder.write(
    'isolet.toml',
    'tenant = "acme"\n[functions.hello]\nentry = "src/hello.ts"\nenv = { GREETING = "hi" }\n',
  );
  await folder.write('src/name.ts', 'export const upper = (name: string): string => name.toUpperCase();');
  await folder.write(
    'src/hello.ts',
    `import { upper } from './name.ts';
interface Event { name: string; fail?: boolean }
export default async (event: Event, { env }: { env: Record<string, string> }) => {
  console.log('greeting', event.name);
  if (event.fail) throw new TypeError('as asked');
  return { greeting: env.GREETING + ' ' + upper(event.name), secret: env.KEY?.length ?? 0 };
};
`,
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  await data[Symbol.asyncDispose]();
});

it('from a project in TypeScript to an answer, with versions, a diff and the way back', async () => {
  const deployed = await json(['deploy', '--create-tenant']);
  expect(deployed).toMatchObject({ tenant: 'acme', functions: [{ name: 'hello', number: 1, warnings: [] }] });
  const invoked = await run(['invoke', 'hello', '{"name":"ada"}']);
  expect([invoked.code, JSON.parse(invoked.stdout)]).toEqual([0, { greeting: 'hi ADA', secret: 0 }]);

  await folder.write('src/name.ts', 'export const upper = (name: string): string => "<" + name + ">";');
  expect((await run(['deploy', 'hello'])).code).toBe(0);
  expect(await json(['invoke', 'hello', '{"name":"ada"}'])).toMatchObject({ greeting: 'hi <ada>' });
  const { patch } = await json(['diff', 'hello']);
  expect(patch).toContain('-var upper = (name) => name.toUpperCase();');
  expect((await run(['versions', 'hello'])).stdout).toMatch(/\* +2 /);
  expect((await run(['rollback', 'hello'])).code).toBe(0);
  expect(await json(['invoke', 'hello', '{"name":"ada"}'])).toMatchObject({ greeting: 'hi ADA' });
});

it('what a function throws names its author’s files, in the answer and in the log', async () => {
  const failed = await run(['invoke', 'hello', '{"name":"bob","fail":true}', '--json']);
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout).error.stack).toContain('src/hello.ts:5:25');
  const lines = (await run(['logs', 'hello', '--json'])).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.some(({ message }) => message === 'greeting bob')).toBe(true);
  expect(lines.at(-1).message).toContain('src/hello.ts:5:25');
  const errors = await run(['logs', 'hello', '--level', 'error', '--text', 'as asked']);
  expect(errors.stdout.trim().split('\n')[0]).toContain('TypeError: as asked');
});

it('a secret comes from stdin, reaches the next invocation and is never shown', async () => {
  expect((await run(['secret', 'put', 'KEY'], 'hunter2hunter2\n')).code).toBe(0);
  expect(await json(['invoke', 'hello', '{"name":"a"}'])).toMatchObject({ secret: 14 });
  const listed = await run(['secret', 'list']);
  expect(listed.stdout).toContain('KEY');
  expect(listed.stdout).not.toContain('hunter2');
  expect((await run(['secret', 'delete', 'KEY'])).code).toBe(0);
});

it('aliases, usage and tokens', async () => {
  const { versions } = await json(['versions', 'hello']);
  expect((await run(['alias', 'set', 'hello', 'live', `${versions[0].version}=1`])).code).toBe(0);
  expect(await json(['invoke', 'hello', '{"name":"ada"}', '--alias', 'live'])).toMatchObject({ greeting: 'hi ADA' });
  expect((await run(['alias', 'delete', 'hello', 'live'])).code).toBe(0);
  expect((await json(['usage'])).total.invocations).toBeGreaterThan(0);
  const made = await json(['token', 'create', '--tenant', 'acme', '--scope', 'read', '--label', 'ci', '--ttl', '1d']);
  expect(made.token).toMatch(/./);
  const asRead = await folder.run(['deploy'], '', { ISOLET_SERVER_URL: server.url, ISOLET_SERVER_TOKEN: made.token });
  expect(asRead.code).toBe(4);
  expect((await run(['token', 'delete', made.id])).code).toBe(0);
});

it('hosts, and who may call', async () => {
  expect((await run(['domain', 'set', 'shop.test', '--function', 'hello'])).stdout).toContain('leads to hello of acme');
  expect((await json(['domain', 'list'])).domains).toMatchObject([{ host: 'shop.test', function: 'hello' }]);
  expect((await run(['domain', 'delete', 'shop.test'])).code).toBe(0);
  const tokens = 'the-first-caller-token\nthe-next-caller-token\n';
  const set = await run(['access', 'set', 'token', '--function', 'hello'], tokens);
  expect([set.code, set.stdout]).toEqual([0, 'hello: who has one of 2 tokens\n']);
  const jwt = ['--issuer', 'https://id.test/', '--audience', 'acme', '--jwks', 'https://id.test/keys'];
  expect((await run(['access', 'set', 'jwt', ...jwt, '--algorithms', 'ES256'])).code).toBe(0);
  const { rules } = await json(['access', 'list']);
  expect(rules).toMatchObject([{ function: null, auth: { algorithms: ['ES256'] } }, { auth: { tokens: 2 } }]);
  expect((await run(['access', 'list'])).stdout).toContain('who has a token of https://id.test/ for acme');
  for (const of of [[], ['--function', 'hello']]) expect((await run(['access', 'delete', ...of])).code).toBe(0);
  expect((await json(['access', 'list'])).rules).toEqual([]);
});

it.each([
  [['access', 'set', 'jwt', '--issuer', 'x'], 2, /jwt takes --audience/],
  [['access', 'set', 'token'], 2, /there are no tokens/],
  [['access', 'set', 'everybody'], 2, /none of none, token, jwt/],
  [['domain', 'delete', 'nobody.test'], 5, /no domain/],
  [['invoke', 'nobody'], 5, /no function 'nobody'/],
  [['invoke', 'hello', '{'], 2, /no JSON/],
  [['deploy', 'other'], 2, /it has hello/],
  [['deploy', '--tennant', 'x'], 2, /Did you mean --tenant/],
  [['deplyo'], 2, /Did you mean deploy/],
  [['logs', 'hello', '--since', 'yesterday'], 2, /--since takes a time/],
  [['versions', 'hello', '--url', 'http://127.0.0.1:1'], 3, /no answer/],
  [['versions', 'hello', '--token', 'wrong'], 4, /./],
])('%j ends with %i', async (args, code, why) => {
  const { code: found, stderr } = await run(args as string[]);
  expect([found, stderr]).toEqual([code, expect.stringMatching(why as RegExp)]);
});

it('a deployment that is refused says where, in the author’s files', async () => {
  await folder.write('src/wrong.ts', `const unused: number = 1;\nexport default () => KV.nothing(unused);`);
  const { code, stderr } = await run(['deploy', 'wrong', '--entry', 'src/wrong.ts']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/src\/wrong\.ts:2:\d+: .*KV\.nothing/);
});

it('a warning about a deployment says where, in the author’s files', async () => {
  await folder.write('src/odd.ts', `const unused: number = 1;\nexport default () => missing + unused;`);
  const { code, stdout } = await run(['deploy', 'odd', '--entry', 'src/odd.ts']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/warning: src\/odd\.ts:2:\d+: .*missing/)]);
});

it('every command has help with an example', async () => {
  const { stdout } = await run(['--help']);
  for (const verb of ['dev', 'serve', 'deploy', 'invoke', 'logs', 'secret', 'kv', 'sql', 'backup'])
    expect(stdout).toContain(verb);
  const help = await run(['kv', 'put', '--help']);
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('Examples:')]);
});

it('help needs no package but the parser of the command line', async () => {
  await using alone = await dataFolder();
  await cp(dirname(command), join(alone.path, 'dist'), { recursive: true });
  await cp(new URL('../../package.json', import.meta.url), join(alone.path, 'package.json'));
  await mkdir(join(alone.path, 'node_modules'));
  const parser = fileURLToPath(new URL('../../../node_modules/commander', import.meta.url));
  await symlink(parser, join(alone.path, 'node_modules/commander'));
  const { stdout } = await promisify(execFile)(process.execPath, [join(alone.path, 'dist/cli.js'), '--help']);
  expect(stdout).toContain('Commands:');
});
