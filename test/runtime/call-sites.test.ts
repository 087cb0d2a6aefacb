import { JavaScriptError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

function withHost(options = {}) {
  const runtime = make(options);
  class HttpError extends Error {
    override name = 'HttpError';
  }
  runtime.bindFunction('sync', () => {
    throw new HttpError('no\nroom');
  });
  runtime.bindFunction('later', async () => {
    await new Promise((done) => setImmediate(done));
    throw new HttpError('too late');
  });
  runtime.bindFunction('maybe', () => Promise.reject(new TypeError('maybe')));
  return runtime;
}

describe.each(['guarded', 'inPlace'] as const)(
  'an error of a host function says where the guest called it, %s',
  (syncCalls) => {
    it('inside the guest, in its stack, without a line of the host', async () => {
      const runtime = withHost({ syncCalls });
      const code = (name: string) => `async function caller() {\n  await ${name}();\n}\ncaller().catch((e) => e.stack)`;
      expect(await runtime.evalAsync(code('sync'), { filename: 'w.js' })).toMatch(
        /^HttpError: no\nroom\n {4}at caller \(w\.js:2:9\)\n {4}at w\.js:4:1$/,
      );
      for (const name of ['later', 'maybe']) {
        const stack = await runtime.evalAsync(code(name), { filename: 'w.js' });
        expect(stack, name).toMatch(/^\w+: (too late|maybe)\n {4}at caller \(w\.js:2:9\)\n {4}at w\.js:4:1$/);
      }
      expect(runtime.eval('try { sync() } catch (e) { Object.getOwnPropertyDescriptor(e, "stack").enumerable }')).toBe(
        false,
      );
    });

    it('and in the host, in stack and frames', async () => {
      const runtime = withHost({ syncCalls });
      for (const name of ['sync', 'later', 'maybe']) {
        const error = await failure(() =>
          runtime.evalAsync(`async function outer() { await ${name}() }\nouter()`, { filename: 'w.js' }),
        );
        expect(error).toBeInstanceOf(JavaScriptError);
        expect(error.stack, name).toContain('at outer (w.js:1:');
        expect(error['frames'], name).toMatchObject([
          { functionName: 'outer', fileName: 'w.js', lineNumber: 1 },
          { fileName: 'w.js', lineNumber: 2 },
        ]);
      }
    });

    it('as many frames as the guest wants, in its own form if it formats stacks, and its prepareStackTrace is under the limit', async () => {
      const runtime = withHost({ syncCalls, timeout: 1000 });
      const deep = (limit: unknown) =>
        runtime.evalAsync(
          `Error.stackTraceLimit = ${limit}; function down(n) { return n ? down(n - 1) : later() } down(40).catch((e) => e.stack.split('    at ').length - 1)`,
        );
      expect(await deep(3)).toBe(3);
      expect(await deep(30)).toBe(30);
      expect(await deep(0)).toBe(0);
      expect(await deep(10)).toBe(10);
      await runtime.evalAsync('Error.prepareStackTrace = () => ({ odd: 1 })');
      expect(await runtime.evalAsync('later().catch((e) => [e.message, typeof e.stack])')).toEqual([
        'too late',
        'string',
      ]);
      await runtime.evalAsync('Error.prepareStackTrace = () => { for (;;); }');
      expect(await failure(() => runtime.evalAsync('later().catch((e) => e.message)', { timeout: 100 }))).toMatchObject(
        { code: 'ERR_ISOLET_TIMEOUT' },
      );
    });

    it('the very error is what comes home, with its own stack', async () => {
      const runtime = make({ syncCalls });
      const mine = new Error('mine');
      const { stack } = mine;
      runtime.bindFunction('f', async () => Promise.reject(mine));
      const error = await failure(() => runtime.evalAsync('f()'));
      expect(error.cause).toBe(mine);
      expect(mine.stack).toBe(stack);
    });
  },
);

describe('the frames of a guest error', () => {
  it.each([3, 10, 50, 150])('follow Error.stackTraceLimit: %i', async (limit) => {
    const error = await failure(() =>
      make().eval(
        `Error.stackTraceLimit = ${limit}; (function d(n) { if (!n) throw new Error('deep'); d(n - 1) })(180)`,
      ),
    );
    expect(error['frames']).toHaveLength(limit);
    expect(error.stack?.split('\n    at ')).toHaveLength(limit + 1);
  });
});

describe('a syntax error has its position in stack and frames', () => {
  it('of a script', async () => {
    for (const run of [
      () => make().eval('let a = 1;\nlet a = 2;', { filename: 's.js' }),
      () => make().evalAsync('let a = 1;\nlet a = 2;', { filename: 's.js' }),
    ]) {
      const error = await failure(run);
      expect(error.stack).toBe("SyntaxError: Identifier 'a' has already been declared\n    at s.js:2:5");
      expect(error['frames']).toMatchObject([{ fileName: 's.js', lineNumber: 2, columnNumber: 5 }]);
    }
  });

  it('of a module', async () => {
    const runtime = make();
    runtime.addModule('broken', 'export const a = 1;\nexport const = 2;');
    const error = await failure(() => runtime.evalModuleAsync('broken'));
    expect(error.stack).toMatch(/^SyntaxError: .*\n {4}at \S*broken:2:14/);
  });

  it('of the body of a function, before where that was made', async () => {
    const error = await failure(() =>
      make().eval('function make() { return new Function("a b") }\nmake()', { filename: 'f.js' }),
    );
    expect(error.stack).toMatch(/^SyntaxError: .*\n {4}at <anonymous>:\d+:\d+\n(.*\n)? {4}at make \(f\.js:1:/);
  });

  it('but JSON has none of its own', async () => {
    const error = await failure(() => make().eval('JSON.parse("{bad")', { filename: 'j.js' }));
    expect(error.stack?.match(/\n {4}at .*j\.js/g)).toHaveLength(1);
    expect(error['frames']).toHaveLength(1);
  });
});
