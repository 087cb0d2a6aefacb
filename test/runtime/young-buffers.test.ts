import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Full collections of all isolates of a process that runs this. */
function fullCollections(source: string): number {
  const input = `const { move, Runtime } = require(${JSON.stringify(root)});
    const runtime = new Runtime({ syncCalls: 'inPlace', moveResults: true, maxTransferBytes: 2e7 });
    ${source}
    console.log('ended');`;
  const ended = spawnSync(process.execPath, ['--trace-gc', '-'], { cwd: root, input, encoding: 'utf8' });
  expect(ended.stdout, ended.stderr).toContain('ended');
  return ended.stdout.split('\n').filter((line) => line.includes('Mark-Compact')).length;
}

describe('memory that goes to and fro', () => {
  it('is not wrapped once more each time: letting go of it does not run out of stack', () => {
    const source = `const { move, Runtime } = require(${JSON.stringify(root)});
      const runtime = new Runtime({ syncCalls: 'inPlace', moveResults: true });
      const back = runtime.eval('(bytes) => bytes');
      let bytes = new Uint8Array(2000);
      for (let n = 0; n < 200_000; n++) bytes = back(move(bytes));
      bytes = undefined;
      setTimeout(() => { gc(); gc(); setTimeout(() => console.log('ended'), 100); }, 10);`;
    const ended = spawnSync(process.execPath, ['--expose-gc', '-'], { cwd: root, input: source, encoding: 'utf8' });
    expect([ended.stdout.trim(), ended.signal]).toEqual(['ended', null]);
  });
});

/** Newer V8 looks for young buffers when it is too late for that. So does any where a sanitizer is slow to free memory. */
const looksInTime = Number(process.versions.v8.split('.')[0]) < 12 && !process.env['LD_PRELOAD']?.includes('asan');

describe.runIf(looksInTime)('buffers that come from outside and die young', () => {
  it.each([
    ['moved in', `const fn = runtime.eval('(b) => b.byteLength'); const send = () => fn(move(new ArrayBuffer(1e7)));`],
    ['moved out', `const fn = runtime.eval('() => new ArrayBuffer(1e7)'); const send = () => fn();`],
    [
      'copied',
      `const fn = runtime.eval('(b) => b.byteLength'); const b = new ArrayBuffer(1e7); const send = () => fn(b);`,
    ],
  ])('need no full collections: %s', (_, source) => {
    // 64 MB would be enough for one: 24 times. A few, where the thread that frees buffers comes late.
    expect(fullCollections(`${source} for (let n = 0; n < 160; n++) send();`)).toBeLessThan(12);
  });
});
