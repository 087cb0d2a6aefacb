import { type Runtime, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const aborted = { name: 'AbortError' };

/** The first run of it waits for ever at its top-level await. */
const stuckOnce = (name: string) =>
  `globalThis.${name} = (globalThis.${name} ?? 0) + 1; if (${name} === 1) await new Promise(() => {}); export default ${name};`;

/** Starts `run` and stops it when the guest is at its await. */
async function stop(runtime: Runtime, began: string, run: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const stopped = failure(() => run(controller.signal));
  await until(() => runtime.eval(`globalThis.${began} ?? 0`) === 1, 'the await');
  controller.abort();
  expect(await stopped).toMatchObject(aborted);
}

describe('a module that was stopped at its top-level await', () => {
  it('runs anew after a timeout', async () => {
    const runtime = make();
    runtime.addModule('m', stuckOnce('n'));
    expect(await failure(() => runtime.evalModuleAsync('m', { timeout: 40 }))).toBeInstanceOf(TimeoutError);
    expect(await runtime.evalModuleAsync('m')).toEqual({ default: 2 });
    expect(await runtime.evalAsync("import('m').then((m) => m.default)")).toBe(2);
  });

  it('runs anew after an abort, also for import() and evalModule', async () => {
    for (const [again, expected] of [
      [(runtime: Runtime) => runtime.evalModuleAsync('m'), { default: 2 }],
      [(runtime: Runtime) => runtime.evalModule('m'), { default: 2 }],
      [(runtime: Runtime) => runtime.evalAsync("import('m').then((m) => m.default)"), 2],
    ] as const) {
      const runtime = make();
      runtime.addModule('m', stuckOnce('n'));
      await stop(runtime, 'n', (signal) => runtime.evalModuleAsync('m', { signal }));
      expect(await again(runtime)).toEqual(expected);
    }
  });

  it('runs anew when an import() of a stopped call had begun it', async () => {
    const runtime = make();
    runtime.addModule('m', stuckOnce('n'));
    await stop(runtime, 'n', (signal) => runtime.evalAsync("import('m')", { signal }));
    expect(await runtime.evalModuleAsync('m')).toEqual({ default: 2 });
  });

  it('runs anew with what it imports, as far as that had not come to its end', async () => {
    const runtime = make();
    runtime.addModule('done', 'globalThis.done = (globalThis.done ?? 0) + 1; export default done;');
    runtime.addModule('waited', 'globalThis.w = (globalThis.w ?? 0) + 1; await null; export default w;');
    runtime.addModule('stuck', stuckOnce('n'));
    runtime.addModule('after', "import 'stuck'; globalThis.after = (globalThis.after ?? 0) + 1; export default after;");
    runtime.addModule(
      'main',
      `import done from 'done'; import waited from 'waited'; import stuck from 'stuck'; import after from 'after';
       export default [done, waited, stuck, after];`,
    );
    await stop(runtime, 'n', (signal) => runtime.evalModuleAsync('main', { signal }));
    expect(await runtime.evalModuleAsync('main')).toEqual({ default: [1, 1, 2, 1] });
  });

  it('goes on while another call waits for it', async () => {
    const runtime = make();
    runtime.addModule(
      'm',
      `globalThis.n = (globalThis.n ?? 0) + 1; await new Promise((go) => (globalThis.go = go)); export default n;`,
    );
    const other = runtime.evalModuleAsync('m');
    await stop(runtime, 'n', (signal) => runtime.evalModuleAsync('m', { signal }));
    await runtime.evalAsync('go()');
    expect(await other).toEqual({ default: 1 });
    expect(await runtime.evalModuleAsync('m')).toEqual({ default: 1 });
  });

  it('leaves alone what another call waits for', async () => {
    const runtime = make();
    runtime.addModule(
      'slow',
      `globalThis.s = (globalThis.s ?? 0) + 1; await new Promise((go) => (globalThis.go = go)); export default s;`,
    );
    runtime.addModule('main', `import slow from 'slow'; export default slow;`);
    const other = runtime.evalModuleAsync('slow');
    await stop(runtime, 's', (signal) => runtime.evalModuleAsync('main', { signal }));
    const again = runtime.evalModuleAsync('main');
    await runtime.evalAsync('go()');
    expect(await other).toEqual({ default: 1 });
    expect(await again).toEqual({ default: 1 });
    expect(runtime.eval('s')).toBe(1);
  });

  it('settles nothing when its old run goes on', async () => {
    const runtime = make();
    runtime.addModule(
      'm',
      `globalThis.n = (globalThis.n ?? 0) + 1; if (n === 1) await new Promise((go, fail) => (globalThis.fail = fail)); export default n;`,
    );
    await stop(runtime, 'n', (signal) => runtime.evalModuleAsync('m', { signal }));
    expect(await runtime.evalModuleAsync('m')).toEqual({ default: 2 });
    const rejections: unknown[] = [];
    runtime.on('unhandledRejection', (error) => rejections.push(error));
    await runtime.evalAsync("fail(new Error('late'))");
    expect(await runtime.evalModuleAsync('m')).toEqual({ default: 2 });
    expect(rejections).toEqual([]);
  });

  it('keeps nothing for a thousand calls that were stopped', async () => {
    const runtime = make();
    runtime.addModule('m', 'globalThis.n = (globalThis.n ?? 0) + 1; await new Promise(() => {});');
    const controller = new AbortController();
    const all = Array.from({ length: 1000 }, () =>
      failure(() => runtime.evalModuleAsync('m', { signal: controller.signal })),
    );
    await until(() => runtime.eval('globalThis.n ?? 0') === 1, 'the await');
    controller.abort();
    for (const error of await Promise.all(all)) expect(error).toMatchObject(aborted);
    runtime.addModule('m', 'export default n;');
    expect(await runtime.evalModuleAsync('m')).toEqual({ default: 1 });
  });
});
