import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `body` in a process of its own, with `isolet` imported, and gives what it wrote. */
async function program(body: string): Promise<{ stdout: string; stderr: string }> {
  const source = `import * as isolet from './lib/index.ts';\nconst { Runtime } = isolet;\n${body}`;
  const args = ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', source];
  return run(process.execPath, args, { cwd: root, timeout: 110_000 });
}

const collect = `
  for (let i = 0; i < 200 && isolet.getProcessStats().liveIsolates > 0; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The host has forgotten it; the engine's threads may still have to.
  await new Promise((resolve) => setTimeout(resolve, 100));
  console.log('live', isolet.getProcessStats().liveIsolates);`;

describe('a runtime that is never closed', () => {
  it('F027: is closed when it is collected, with one warning per process', async () => {
    const { stdout, stderr } = await program(`
      for (let i = 0; i < 5; i++) {
        const runtime = new Runtime({ name: 'forgotten ' + i });
        runtime.bindFunction('self', () => runtime.eval('1'));
        runtime.on('close', () => console.log(runtime.name));
        runtime.eval('self()');
      }
      ${collect}`);
    expect(stdout).toContain('live 0');
    expect(stderr.match(/ISOLET_UNCLOSED_RUNTIME/g)).toHaveLength(1);
    expect(stderr).toMatch(/runtime 'forgotten \d'/);
  });

  it('no warning for closed and terminated ones', async () => {
    const { stdout, stderr } = await program(`
      (() => { const one = new Runtime(); one.close(); const two = new Runtime(); two.terminate(); })();
      await (async () => { await (await Runtime.create()).closeAsync(); })();
      ${collect}`);
    expect(stdout).toContain('live 0');
    expect(stderr).toBe('');
  });

  it('is kept while one of its functions or a pending call is', async () => {
    const { stdout, stderr } = await program(`
      const fn = (() => new Runtime().eval('() => 42'))();
      const pending = (() => {
        const runtime = new Runtime();
        runtime.bindFunction('wait', () => new Promise((resolve) => (globalThis.open = resolve)));
        return runtime.evalAsync('wait().then(() => "kept")');
      })();
      for (let i = 0; i < 20; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
      open();
      console.log(fn(), await pending);
      process.exit();`);
    expect(stdout.trim()).toBe('42 kept');
    expect(stderr).toBe('');
  });

  it('is collected although promises of it have not settled', async () => {
    const { stdout } = await program(`
      (() => { const runtime = new Runtime(); runtime.eval('({ p: new Promise(() => {}) })'); })();
      (() => {
        const runtime = new Runtime();
        const { p } = runtime.eval('({ p: new Promise(() => {}) })');
        runtime.promise = p;
      })();
      ${collect}`);
    expect(stdout.trim()).toBe('live 0');
  });

  it('is kept while somebody refers to one of its promises, or waits for it', async () => {
    const { stdout } = await program(`
      const make = (ms) => new Runtime({ maxTimers: 1 }).eval(
        \`({ p: new Promise((resolve) => setTimeout(resolve, \${ms}, 'kept')) })\`).p;
      const referred = make(150);
      // What waits hangs on the promise, and nothing on what waits.
      const waited = (async () => await make(200))();
      for (let i = 0; i < 20; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
      const silence = new Promise((resolve) => setTimeout(resolve, 10_000, 'nothing'));
      console.log(await Promise.race([referred, silence]), await Promise.race([waited, silence]));
      process.exit();`);
    expect(stdout.trim()).toBe('kept kept');
  });

  it('rule 8: does not keep the process alive; a pending call does', async () => {
    const open = await program(`globalThis.kept = new Runtime(); kept.eval('1'); console.log('end');`);
    expect(open.stdout.trim()).toBe('end');
    const pending = await program(`
      const runtime = new Runtime();
      runtime.bindFunction('wait', () => new Promise((resolve) => setTimeout(resolve, 100)));
      runtime.evalAsync('wait().then(() => "settled")').then(console.log);`);
    expect(pending.stdout.trim()).toBe('settled');
  });
});
