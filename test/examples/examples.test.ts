import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const tsx = createRequire(import.meta.url).resolve('tsx/cli');

/** What each example prints, in this order, among other lines. */
const expected: Record<string, (string | RegExp)[]> = {
  'agent-tool': [
    '1. Your code threw ReferenceError: orders is not defined',
    '2. Your code threw RangeError: no rate for EUR',
    '3. Timeout: the code took too long. Do less at once.',
    '4. Result: {"orders":2,"francs":32.16}',
  ],
  platform: [/./],
  playground: [
    'POST /execute 200 {"ok":true,"result":"[ 1, 4, 9 ]"}',
    /^POST \/execute 200 {"ok":false,.*"kind":"timeout"}$/,
    'POST /sessions/alice 200 {"ok":true,"result":"42"}',
    `POST /sessions/bob 200 {"ok":true,"result":"'undefined'"}`,
    'DELETE /sessions/alice 200 {"ok":true}',
    `POST /execute 400 {"ok":false,"error":"'code' must be a string"}`,
    'GET /nowhere 404 {"ok":false,"error":"not found"}',
  ],
  plugins: ['cannot start', 'HELLO! (1)', 'AGAIN! (2)', 'unloaded rude', 'saved 1, 2', 'unloaded count'],
  'real-platform': [/Response|Result/],
  rules: [
    'deployed 1000 rules',
    '990 answers, 28017 in sum, 10 stopped',
    'small order: 0',
    'isolates at the end: at most 64: true',
  ],
  serverless: [/Cold start: creating runtime for tenant-a/, /Reusing runtime for tenant-a/, /Response from/, /Alice/],
  ssr: [
    '<main class="acme"><h1>Today &lt;now></h1><li>tea</li><li>rye &amp; salt</li></main>',
    '<article>Hello &amp; <b>undefined</b></article>',
    '20 different pages',
  ],
  workflow: ['8 days, 152 visits', 'steps wait for each other: a → b → a', "step 'parse' failed"],
};

const names = readdirSync(`${root}examples`)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));

const linux = process.platform === 'linux';

describe('examples', () => {
  it('are all known here', () => {
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))(
    '%s.ts prints what it should and ends by itself',
    { timeout: 250_000 },
    async (name, lines) => {
      const { stdout } = await run(process.execPath, [tsx, `examples/${name}.ts`], { cwd: root, timeout: 240_000 });
      const printed = stdout.split('\n');
      let from = 0;
      for (const line of lines) {
        const at = printed.findIndex(
          (text, index) => index >= from && (typeof line === 'string' ? text === line : line.test(text)),
        );
        expect(at, `${line} in\n${stdout}`).toBeGreaterThanOrEqual(from);
        from = at + 1;
      }
    },
  );

  it.skipIf(!linux)('the demo prints the same with each tenant in a process of its own', async () => {
    const demo = async (isolation: string): Promise<string> => {
      const env = { ...process.env, ISOLET_ISOLATION: isolation };
      return (await run(process.execPath, [tsx, 'examples/serverless.ts'], { cwd: root, env })).stdout;
    };
    expect(await demo('process')).toBe(await demo('isolate'));
  });
});
