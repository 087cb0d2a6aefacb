import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { JavaScriptError, type Snapshot, SnapshotBuilder, type SnapshotBuilderOptions } from 'isolet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const key = 'a secret of at least thirty-two bytes';
const source = 'globalThis.made = Math.random(); globalThis.answer = 42';
// Snapshots are of a V8 with its flags.
const flags = process.execArgv.includes('--expose-gc') ? ['--expose-gc'] : [];
let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'isolet-cache-'));
  folder = root;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Build = 'build' | 'buildAsync';
type Given = { script?: string; warmup?: string; options?: SnapshotBuilderOptions; key?: string | Uint8Array };

async function built(build: Build, given: Given = {}): Promise<Snapshot> {
  const builder = new SnapshotBuilder({ ...given.options, cache: { folder, key: given.key ?? key } });
  builder.executeScript('lib.js', given.script ?? source);
  if (given.warmup !== undefined) builder.warmup(given.warmup);
  return builder[build]();
}

const files = () => readdirSync(folder).map((name) => join(folder, name));

function onlyFile(): string {
  const [file, ...more] = files();
  if (file === undefined || more.length > 0) throw new Error(`expected one file: ${files()}`);
  return file;
}

/** A file that is written again is another file: writers put a new one in the place of the old. */
const identity = (file: string) => statSync(file).ino;

describe.each(['build', 'buildAsync'] as const)('the cache folder of %s', (build) => {
  // Windows has no pipes in folders.
  it.skipIf(process.platform === 'win32')(
    'a pipe or a link in the place of a file is a miss, and nobody waits',
    async () => {
      await built(build);
      const file = onlyFile();
      const copy = join(tmpdir(), `isolet-copy-${process.pid}`);
      copyFileSync(file, copy);
      try {
        for (const put of [() => execFileSync('mkfifo', [file]), () => symlinkSync(copy, file)]) {
          rmSync(file);
          put();
          expect(make({ snapshot: await built(build) }).eval('answer')).toBe(42);
          // Its place was taken by the new one.
          expect(lstatSync(file).isFile()).toBe(true);
        }
      } finally {
        rmSync(copy);
      }
    },
  );

  it('a second builder with the same scripts reads what the first kept', async () => {
    const first = await built(build);
    const identityThen = identity(onlyFile());
    const second = await built(build);
    expect(identity(onlyFile())).toBe(identityThen);
    expect(second.toBuffer().equals(first.toBuffer())).toBe(true);
    expect(make({ snapshot: second }).eval('answer')).toBe(42);
  });

  it('a hit runs no script', async () => {
    const first = await built(build);
    if (first.kind === 'replay') return; // It runs in every runtime.
    const made = make({ snapshot: first }).eval('made');
    expect(make({ snapshot: await built(build) }).eval('made')).toBe(made);
    rmSync(onlyFile());
    expect(make({ snapshot: await built(build) }).eval('made')).not.toBe(made);
  });

  it.each<[string, Given]>([
    ['another script', { script: 'globalThis.answer = 43' }],
    ['a warmup', { warmup: 'answer' }],
    ['another timeout', { options: { timeout: 5000 } }],
    ['another maxHeapSize', { options: { maxHeapSize: 64 * 1024 * 1024 } }],
  ])('%s has its own file', async (_, given) => {
    await built(build);
    await built(build, given);
    expect(files()).toHaveLength(2);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['only a code', (bytes) => bytes.subarray(0, 32)],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['changed in one bit', (bytes) => flipped(bytes, bytes.length >> 1)],
    ['with another code', (bytes) => flipped(bytes, 0)],
    ['something else', () => Buffer.alloc(4096, 'x')],
  ])('a file that is %s is built again', async (_, damage) => {
    await built(build);
    const file = onlyFile();
    const good = readFileSync(file);
    writeFileSync(file, damage(Buffer.from(good)));
    const before = identity(file);
    const snapshot = await built(build);
    expect(make({ snapshot }).eval('answer')).toBe(42);
    expect(identity(onlyFile())).not.toBe(before);
  });

  it('a good snapshot under another secret is not loaded', async () => {
    await built(build);
    const target = onlyFile();
    rmSync(target);
    // The forger has the library and the folder, not the secret.
    await built(build, { script: 'globalThis.answer = "forged"', key: 'x'.repeat(32) });
    const forged = onlyFile();
    copyFileSync(forged, target);
    rmSync(forged);
    expect(make({ snapshot: await built(build) }).eval('answer')).toBe(42);
  });

  it("a file under another's name is not loaded", async () => {
    await built(build);
    const target = onlyFile();
    await built(build, { script: 'globalThis.answer = "other"' });
    const other = files().find((file) => file !== target);
    copyFileSync(other as string, target);
    expect(make({ snapshot: await built(build) }).eval('answer')).toBe(42);
  });

  it('a script that fails leaves nothing', async () => {
    expect(await failure(() => built(build, { script: 'null.x' }))).toBeInstanceOf(JavaScriptError);
    expect(files()).toEqual([]);
  });

  it('a folder that cannot be written costs a warning, not the snapshot', async () => {
    const warnings: Array<Error & { code?: string }> = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    try {
      const path = join(folder, 'file');
      writeFileSync(path, '');
      const builder = new SnapshotBuilder({ cache: { folder: join(path, 'inside'), key } });
      const snapshot = await builder.executeScript('lib.js', source)[build]();
      expect(make({ snapshot }).eval('answer')).toBe(42);
      await until(() => warnings.length > 0, 'the warning');
    } finally {
      process.off('warning', listen);
    }
    expect(warnings).toMatchObject([{ code: 'ISOLET_SNAPSHOT_CACHE' }]);
    expect(warnings[0]?.message).not.toContain(key);
  });

  it('nothing is left in the place of a file that could not be put there', async () => {
    await built(build);
    const file = onlyFile();
    rmSync(file);
    mkdirSync(file);
    const warned = new Promise((resolve) => process.once('warning', resolve));
    expect(make({ snapshot: await built(build) }).eval('answer')).toBe(42);
    await warned;
    expect(files()).toEqual([file]);
  });
});

describe('the cache folder', () => {
  it('is made when it is missing, for this user only', async () => {
    folder = join(root, 'deep', 'er');
    await built('buildAsync');
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(statSync(onlyFile()).mode & 0o077).toBe(0);
  });

  it('serves other processes', async () => {
    await built('build');
    const before = identity(onlyFile());
    const program = `
      const { Runtime, SnapshotBuilder } = require('isolet');
      const cache = ${JSON.stringify({ folder, key })};
      const snapshot = new SnapshotBuilder({ cache }).executeScript('lib.js', ${JSON.stringify(source)}).build();
      const runtime = new Runtime({ snapshot });
      console.log(runtime.eval('answer'));
      runtime.close();`;
    expect(execFileSync(process.execPath, [...flags, '-e', program], { encoding: 'utf8' }).trim()).toBe('42');
    expect(identity(onlyFile())).toBe(before);
  });

  it('does not serve processes with other V8 flags', async () => {
    await built('build');
    const program = `
      const { SnapshotBuilder } = require('isolet');
      const cache = ${JSON.stringify({ folder, key })};
      new SnapshotBuilder({ cache }).executeScript('lib.js', ${JSON.stringify(source)}).build();`;
    execFileSync(process.execPath, [...flags, '--no-opt', '-e', program]);
    expect(files()).toHaveLength(2);
  });

  it('takes a secret as bytes', async () => {
    const bytes = new TextEncoder().encode(key);
    await built('build');
    const before = identity(onlyFile());
    await built('build', { key: bytes });
    expect(identity(onlyFile())).toBe(before);
  });

  it('may be shared by builders that run at once', async () => {
    const snapshots = await Promise.all(Array.from({ length: 4 }, () => built('buildAsync')));
    expect(files()).toHaveLength(1);
    for (const snapshot of snapshots) expect(make({ snapshot }).eval('answer')).toBe(42);
    expect(make({ snapshot: await built('build') }).eval('answer')).toBe(42);
  });

  it.each<[string, unknown, string, string]>([
    ['no object', 'folder', 'cache', 'TypeError'],
    ['no folder', { key }, 'cache.folder', 'TypeError'],
    ['an empty folder', { key, folder: '' }, 'cache.folder', 'RangeError'],
    ['no key', { folder: 'x' }, 'cache.key', 'TypeError'],
    ['a key that is too short', { folder: 'x', key: 'short secret' }, 'cache.key', 'RangeError'],
    ['short bytes', { folder: 'x', key: new Uint8Array(31) }, 'cache.key', 'RangeError'],
    ['an unknown name', { folder: 'x', key, ttl: 5 }, 'ttl', 'TypeError'],
    ['a key under another name', { folder: 'x', kye: 'short secret' }, 'cache.kye', 'TypeError'],
    ['a key alone', 'short secret', 'cache', 'TypeError'],
    ['a key of another type', { folder: 'x', key: ['short secret'] }, 'cache.key', 'TypeError'],
  ])('%s is refused', async (_, cache, option, name) => {
    const error = await failure(() => new SnapshotBuilder({ cache: cache as never }));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', name: expect.stringContaining(name) });
    expect(error.message).toContain(option);
    expect(inspect(error)).not.toContain('short secret');
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
