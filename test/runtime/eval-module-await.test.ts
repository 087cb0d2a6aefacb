import { ModuleError, type Runtime, RuntimeTerminatedError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const addWasm = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1,
  7, 0, 32, 0, 32, 1, 106, 11,
]);
const sleep = 'const sleep = (ms) => new Promise((done) => setTimeout(done, ms));';
const unsettled = { code: 'ERR_ISOLET_MODULE', message: expect.stringContaining('evalModuleAsync') as string };

for (const syncCalls of ['guarded', 'inPlace'] as const) {
  const main = (source: string, options: object = {}): Runtime => {
    const runtime = make({ maxTimers: 100, syncCalls, ...options });
    runtime.addModule('main', source);
    return runtime;
  };

  describe(`evalModule waits at a top-level await for what the guest settles itself: ${syncCalls}`, () => {
    it('WebAssembly that V8 compiles', () => {
      const runtime = main(`import bytes from 'bytes';
        const { instance } = await WebAssembly.instantiate(bytes);
        const again = new WebAssembly.Instance(await WebAssembly.compile(bytes));
        export default instance.exports.add(40, again.exports.add(1, 1));`);
      runtime.addModule('bytes', { type: 'bytes', source: addWasm });
      expect(runtime.evalModule('main')).toEqual({ default: 42 });
    });

    it('timers, one after the other and in what it imports', () => {
      const runtime = main(`import one from 'one'; ${sleep} await sleep(2); let n = one;
        await new Promise((done) => { const id = setInterval(() => { if (++n === 5) { clearInterval(id); done(); } }, 1); });
        export { n }; export const later = () => n + 1;`);
      runtime.addModule('one', `${sleep} await sleep(1); export default 1;`);
      const { n, later } = runtime.evalModule('main') as { n: number; later(): number };
      expect(n).toBe(5);
      expect(later()).toBe(6);
      expect(runtime.evalModule('main')).toMatchObject({ n: 5 });
      expect(runtime.getStats()).toMatchObject({ counts: { evalModule: 2 }, pendingCalls: 0 });
    });

    it('with synchronous host functions, imports and evaluations of the host in between', () => {
      const runtime = main(`${sleep} await sleep(1); const seen = [host(1)]; await sleep(1);
        seen.push((await import('gen:part')).default, host(3)); export default seen;`);
      runtime.bindFunction('host', (n: number) => runtime.eval(`${n} * 10`) as number);
      runtime.setModuleLoader(() => `${sleep} await sleep(1); export default 2;`);
      expect(runtime.evalModule('main')).toEqual({ default: [10, 2, 30] });
    });

    it('and throws what the module throws afterwards', async () => {
      const runtime = main(`${sleep} await sleep(1); throw new RangeError('late');`);
      const rejections: unknown[] = [];
      runtime.on('unhandledRejection', (error) => rejections.push(error));
      for (let i = 0; i < 2; i++) {
        expect(await failure(() => runtime.evalModule('main'))).toMatchObject({ name: 'RangeError', message: 'late' });
      }
      expect(await runtime.evalAsync('1')).toBe(1);
      expect(rejections).toEqual([]);
    });

    it('but not for what only the host can settle', async () => {
      const runtime = main("await host(); export default 'host';");
      runtime.bindFunction('host', async () => 1);
      expect(await failure(() => runtime.evalModule('main'))).toMatchObject(unsettled);
      expect(await runtime.evalModuleAsync('main')).toEqual({ default: 'host' });
      const never = main('await new Promise(() => {});');
      expect(await failure(() => never.evalModule('main'))).toMatchObject(unsettled);
    });

    it('and fails as soon as nothing is left that could settle it', async () => {
      const runtime = main(`${sleep} await sleep(1); await host(); export default 'host';`, { timeout: 60_000 });
      runtime.bindFunction('host', async () => 1);
      const error = await failure(() => runtime.evalModule('main'));
      expect(error).toBeInstanceOf(ModuleError);
      expect(error).toMatchObject({ ...unsettled, specifier: 'main' });
      expect(await runtime.evalModuleAsync('main')).toEqual({ default: 'host' });
      const cleared = main(`const id = setTimeout(() => {}, 60_000); setTimeout(clearTimeout, 1, id);
        await new Promise(() => {});`);
      expect(await failure(() => cleared.evalModule('main'))).toMatchObject(unsettled);
    });

    it('within its limits, and runs anew after them', async () => {
      const runtime =
        main(`globalThis.n = (globalThis.n ?? 0) + 1; if (n === 1) await new Promise((d) => setTimeout(d, 60_000));
        if (n === 2) { setInterval(() => {}, 1); await new Promise(() => {}); }
        if (n === 3) await new Promise((d) => setTimeout(() => { for (;;); }, 1));
        export default n;`);
      for (const n of [1, 2, 3]) {
        const error = await failure(() => runtime.evalModule('main', { timeout: 60 }));
        expect(error).toBeInstanceOf(TimeoutError);
        expect(error).toMatchObject({ kind: 'wall', limit: 60 });
        expect(runtime.eval('n')).toBe(n);
      }
      expect(runtime.evalModule('main', { timeout: 5000 })).toEqual({ default: 4 });
    });

    it('within its processor time', async () => {
      const runtime = main(`setInterval(() => { const end = Date.now() + 5; while (Date.now() < end); }, 1);
        await new Promise(() => {});`);
      expect(await failure(() => runtime.evalModule('main', { cpuTimeout: 60 }))).toMatchObject({ kind: 'cpu' });
    });

    it('until it is aborted or the guest is ended', async () => {
      const controller = new AbortController();
      const source = `setTimeout(() => stop(), 1); setTimeout(() => {}, 60_000); await new Promise(() => {});`;
      const aborted = main(source);
      aborted.bindFunction('stop', () => controller.abort());
      expect(await failure(() => aborted.evalModule('main', { signal: controller.signal }))).toMatchObject({
        name: 'AbortError',
      });
      const ended = main(source);
      ended.bindFunction('stop', () => ended.terminate('enough'));
      expect(await failure(() => ended.evalModule('main'))).toBeInstanceOf(RuntimeTerminatedError);
      const closed = main(source);
      closed.bindFunction('stop', () => closed.close());
      expect(await failure(() => closed.evalModule('main'))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
    });

    it('but not when a host function of the guest evaluates it: the guest is on the stack', async () => {
      const runtime = main(`${sleep} await sleep(1); export default 1;`);
      let inner: unknown;
      runtime.bindFunction('evaluate', () => {
        try {
          runtime.evalModule('main');
        } catch (error) {
          inner = error;
        }
      });
      runtime.eval('evaluate()');
      expect(inner).toMatchObject(unsettled);
      expect(await runtime.evalModuleAsync('main')).toEqual({ default: 1 });
    });
  });
}
