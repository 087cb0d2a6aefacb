import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

/** A hook that answers or throws a value at once, and one that does it later. */
const ways = [
  ['at once', (run: () => unknown) => run as never],
  ['later', (run: () => unknown) => (async () => run()) as never],
] as const;

const thrower = (value: unknown) => () => {
  throw value;
};

describe('what a resolver or loader answered or threw is in the message', () => {
  for (const [when, hook] of ways) {
    it(`a resolver that answers nonsense, ${when}`, async () => {
      for (const [value, shown] of [
        [42, '42'],
        [{ url: 'a:b' }, "{ url: 'a:b' }"],
        [['a:b'], "[ 'a:b' ]"],
        [true, 'true'],
      ] as const) {
        const runtime = make();
        runtime.setModuleResolver(hook(() => value));
        expect(await failure(() => runtime.evalModuleAsync('m'))).toMatchObject({
          code: 'ERR_ISOLET_MODULE',
          message: `Loading module 'm' failed: the resolver failed: The resolver must answer an absolute URL, the name of a registered module, null or undefined. It answered ${shown}.`,
        });
      }
    });

    it(`a loader that answers nonsense, ${when}`, async () => {
      for (const [value, shown] of [
        [42, '42'],
        [['export {}'], "[ 'export {}' ]"],
        [new Uint16Array(1), 'Uint16Array'],
      ] as const) {
        const runtime = make();
        runtime.setModuleLoader(hook(() => value));
        const error = await failure(() => runtime.evalModuleAsync('a:m'));
        expect(error).toMatchObject({ code: 'ERR_ISOLET_MODULE' });
        expect(error.message).toContain(
          "Loading module 'a:m' failed: the loader failed: The loader must answer source text, a Uint8Array, an object { source, type }, null or undefined. It answered",
        );
        expect(error.message).toContain(shown);
      }
      const runtime = make();
      runtime.setModuleLoader(hook(() => ({})));
      expect((await failure(() => runtime.evalModuleAsync('a:m'))).message).toContain(
        "'the loaded module.source' must be a string or a Uint8Array. Received undefined.",
      );
    });

    for (const [value, shown] of [
      [undefined, 'threw undefined, which is no Error'],
      [null, 'threw null, which is no Error'],
      ['boom', 'threw boom, which is no Error'],
      [7, 'threw 7, which is no Error'],
      [new Error(''), 'threw an Error without a message'],
      [new RangeError('too far'), 'failed: too far'],
    ] as const) {
      it(`a hook that throws, ${when}: ${shown}`, async () => {
        const runtime = make();
        runtime.setModuleResolver(hook(thrower(value)));
        const resolving = await failure(() => runtime.evalModuleAsync('m'));
        expect(resolving.message).toBe(`Loading module 'm' failed: the resolver ${shown}`);
        expect(resolving.cause).toBe(value);
        runtime.setModuleResolver(null);
        runtime.setModuleLoader(hook(thrower(value)));
        const loading = await failure(() => runtime.evalModuleAsync('a:m'));
        expect(loading.message).toBe(`Loading module 'a:m' failed: the loader ${shown}`);
        expect(loading.cause).toBe(value);
        expect(await runtime.evalAsync("import('a:m').catch(({ message }) => message)")).toBe(
          `Loading module 'a:m' imported from <eval> failed: the loader ${shown}`,
        );
      });
    }
  }

  it('a resolver that leads to nothing', async () => {
    const runtime = make();
    runtime.setModuleResolver(() => 'other');
    expect((await failure(() => runtime.evalModule('m'))).message).toBe(
      "Cannot find module 'm': the resolver answered isolet:/other, and no module is registered under that name",
    );
    runtime.setModuleResolver(() => 'a:other');
    expect((await failure(() => runtime.evalModule('m'))).message).toBe(
      "Cannot find module 'm': the resolver answered a:other, and it is not registered, and there is no loader for URLs",
    );
  });
});
