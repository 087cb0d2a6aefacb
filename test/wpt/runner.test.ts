import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

// A checkout in small: what stands in for testharness.js does what the runner counts on, and no more.
const testharness = `
  (() => {
    const all = [];
    const told = [], ended = [];
    let pending = 0, explicit = false, over = false;
    const settle = (one, status, message = '') => { one.status = status; one.message = message; for (const f of told) f(one); };
    globalThis.setup = ({ explicit_done }) => { explicit = explicit_done; };
    globalThis.test = (run, name) => {
      const one = { name, status: 3 };
      all.push(one);
      try { run(); settle(one, 0); } catch (error) { settle(one, 1, error.message); }
    };
    globalThis.promise_test = async (run, name) => {
      const one = { name, status: 3 };
      all.push(one);
      pending++;
      try { await run(); settle(one, 0); } catch (error) { settle(one, 1, error.message); }
      if (--pending === 0 && !explicit) end(0);
    };
    const end = (status, message = null) => {
      if (over) return;
      over = true;
      for (const f of ended) f(all, { status, message });
    };
    globalThis.done = () => {
      explicit = false;
      if (all.length === 0) end(1, 'no test');
      else if (pending === 0) end(0);
    };
    globalThis.timeout = () => { for (const one of all) if (one.status === 3) one.status = 2; end(2); };
    globalThis.add_result_callback = (f) => told.push(f);
    globalThis.add_completion_callback = (f) => ended.push(f);
  })();`;

let dir: string;
let lists: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'isolet-wpt-'));
  lists = join(dir, 'lists');
  write('resources/testharness.js', testharness);
  write('console/data.json', '{"answer":42}');
  write('console/help.js', 'globalThis.help = (value) => value;');
});

afterEach(() => rmSync(dir, { recursive: true }));

test('what passes and what fails is kept, and is as expected when it comes out again', async () => {
  write('console/two.any.js', `test(() => {}, 'good'); test(() => { throw new Error('no'); }, 'bad');`);
  await run('--update', '--commit', 'abc');
  expect(list().files).toEqual({ 'console/two.any.js': { subtests: 2, fails: ['bad'] } });
  const again = await run();
  expect(again).toMatchObject({ code: 0 });
  expect(again.output).toContain('1/2');
  expect(again.output).toContain('all as expected');
});

test('a regression, an unexpected pass and a subtest that never ran each fail the run', async () => {
  const source = (first: string, second: string) =>
    `test(() => { ${first} }, 'one'); test(() => { ${second} }, 'two');`;
  write('console/two.any.js', source('', `throw new Error('no')`));
  await run('--update', '--commit', 'abc');

  write('console/two.any.js', source(`throw new Error('worse')`, `throw new Error('no')`));
  expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining('fails: one (worse)') });
  write('console/two.any.js', source('', ''));
  expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining('was expected to fail: two') });
  write('console/two.any.js', `test(() => { throw new Error('no'); }, 'two');`);
  expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining('1 of 2 never ran') });
});

test('a file that breaks at load fails for all the subtests it had', async () => {
  write('console/two.any.js', `test(() => {}, 'one'); test(() => {}, 'two');`);
  await run('--update', '--commit', 'abc');
  write('console/two.any.js', `nowhere(); test(() => {}, 'one'); test(() => {}, 'two');`);
  await run('--update', '--commit', 'abc');
  expect(list().files).toEqual({ 'console/two.any.js': { subtests: 2, missing: 2, status: 'error' } });
});

test('scripts, variants, files of the checkout and the address of the test are there', async () => {
  write(
    'console/meta.any.js',
    `// META: script=help.js
// META: script=/console/help.js
// META: variant=?a
// META: variant=?b

promise_test(async () => {
  const { answer } = await (await fetch('data.json')).json();
  if (help(answer) !== 42) throw new Error('wrong data');
}, 'reads ' + location.pathname + location.search);`,
  );
  await run('--update', '--commit', 'abc');
  expect(list().files).toEqual({ 'console/meta.any.js?a': 1, 'console/meta.any.js?b': 1 });
  expect((await run('--verbose')).output).not.toContain('wrong data');
});

test('files that need a server or a page are left out', async () => {
  write('console/asks.any.js', `test(() => fetch('echo.py'), 'asks');`);
  write('console/page.window.js', `test(() => {}, 'page');`);
  write('console/realm.any.js', `// META: global=shadowrealm\ntest(() => {}, 'realm');`);
  expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining('no test of') });
});

test('the same files in Node by itself give the rate beside ours', async () => {
  write('console/one.any.js', `test(() => { process.version; }, 'knows Node'); test(() => {}, 'good');`);
  await run('--update', '--commit', 'abc');
  await run('--update', '--commit', 'abc', '--peer', 'node', '--filter', '');
  const { node, commit } = JSON.parse(readFileSync(join(lists, 'measured.json'), 'utf8'));
  expect(commit).toBe('abc');
  expect(Object.values(node)).toEqual([{ version: process.versions.node, passed: { console: 2 } }]);
  expect(list().files).toEqual({ 'console/one.any.js': { subtests: 2, fails: ['knows Node'] } });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function list(): { files: unknown } {
  return JSON.parse(readFileSync(join(lists, 'console.json'), 'utf8'));
}

function run(...args: string[]): Promise<{ code: number; output: string }> {
  const script = fileURLToPath(new URL('./run.mjs', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, '--dir', dir, '--expectations', lists, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}
