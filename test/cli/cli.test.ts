import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommand } from '../../lib/cli/arguments.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/cli.js');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolet-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(parameters: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...parameters], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

describe('isolet', () => {
  it.each([
    ['1 + 1', '2\n'],
    ['"text"', 'text\n'],
    ['({ a: [new Map([[1, 2n]])] })', '{ a: [ Map(1) { 1 => 2n } ] }\n'],
    ['Promise.resolve(null)', 'null\n'],
    ['undefined', ''],
    ['console.log("said"); 3', 'said\n3\n'],
    ['typeof process + typeof require', 'undefinedundefined\n'],
  ])('-e %s', (code, stdout) => {
    expect(run(['-e', code])).toEqual({ status: 0, stdout, stderr: '' });
  });

  it('runs a file, with its name in stack traces', () => {
    expect(run([file('sum.js', 'let n = 0; for (let i = 0; i < 4; i++) n += i; n')]).stdout).toBe('6\n');
    expect(run([file('bad.js', '\nthrow new RangeError("far")')])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'RangeError: far\n    at bad.js:2:7\n',
    });
  });

  it('runs a .mjs file as a module', () => {
    const name = file('module.mjs', 'export default await Promise.resolve(1);\nconsole.log(typeof this);');
    expect(run([join(folder, name)])).toEqual({ status: 0, stdout: 'undefined\n', stderr: '' });
    expect(run([file('broken.mjs', 'export default 1; throw new Error("no")')]).status).toBe(1);
  });

  it('ends with 1 when nobody catches an error of the guest', () => {
    expect(run(['-e', 'Promise.reject(new Error("late")); 5'])).toMatchObject({ status: 1, stdout: '5\n' });
    expect(run(['-e', 'Symbol("x")'])).toMatchObject({ status: 1, stdout: '' });
  });

  it('ends with 2 when it is used wrongly', () => {
    for (const parameters of [
      [],
      ['--bogus'],
      ['-e', '1', 'x'],
      ['a', 'b'],
      ['missing.js'],
      ['-e', '1', '--timeout=x'],
    ]) {
      const { status, stdout, stderr } = run(parameters);
      expect({ status, stdout }, parameters.join(' ')).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^isolet: /);
    }
  });

  it('ends with 3 when time or memory runs out', () => {
    expect(run(['--timeout', '50', '-e', 'for (;;);']).status).toBe(3);
    expect(run(['--timeout', '50', '-e', 'new Promise(() => {})']).status).toBe(3);
    expect(run(['--max-heap', '16', '-e', 'let list; for (;;) list = { list };']).status).toBe(3);
  });

  it('says its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(run(['--version']).stdout).toBe(`${version}\n`);
    expect(run(['--help']).stdout).toMatch(/^usage: isolet /);
  });

  it('names platform, Node and the way out when there is no binary', () => {
    const { status, stderr } = run(['-e', '1'], { ISOLET_ADDON: join(folder, 'none.node') });
    expect(status).toBe(2);
    const { node, modules } = process.versions;
    expect(stderr).toContain(`${process.platform} ${process.arch}`);
    expect(stderr).toContain(`Node ${node} (ABI ${modules})`);
  });
});

describe('its arguments', () => {
  it('are milliseconds and MiB', () => {
    expect(parseCommand(['f.js', '--timeout', '1500', '--max-heap=8'])).toEqual({
      kind: 'run',
      source: { file: 'f.js' },
      timeout: 1500,
      maxHeapSize: 8 * 1024 * 1024,
    });
    expect(parseCommand(['build'])).toEqual({ kind: 'build' });
    expect(parseCommand(['-e', 'build'])).toMatchObject({ kind: 'run', source: { code: 'build' } });
  });

  it.each([['--timeout=0'], ['--timeout=-1'], ['--timeout=1e3'], ['--max-heap=3'], ['--max-heap=']])('%s', (option) => {
    expect(parseCommand(['-e', '1', option])).toMatchObject({ kind: 'misuse' });
  });
});
