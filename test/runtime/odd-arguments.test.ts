import { type JsFunction, Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe('what a host may do by mistake does not end its process', () => {
  it('a host function that rejects with a Proxy that throws when it is asked', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const getPrototypeOf = (): never => {
      throw new Error('asked');
    };
    const trap = new Proxy({}, { getPrototypeOf });
    const runtime = make();
    for (const thrown of [proxy, trap]) {
      runtime.bindFunction('fail', async () => {
        throw thrown;
      });
      expect(await runtime.evalAsync("fail().then(() => 'no', () => 'rejected')")).toBe('rejected');
    }
  });

  it("a 'close' listener that throws is a warning", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on('warning', note);
    const runtime = new Runtime();
    runtime.on('close', () => {
      throw new Error('listener broke');
    });
    runtime.close();
    await until(() => warnings.length > 0, 'the warning');
    process.off('warning', note);
    expect(warnings[0]?.message).toContain("'close' listener");
    expect(warnings[0]?.message).toContain('listener broke');
  });

  it('more arguments than a function takes are refused at once', async () => {
    const length = make().eval('(...all) => all.length') as JsFunction;
    expect(await length.callAsync(Array.from({ length: 5000 }, () => 0))).toBe(5000);
    const error = await failure(() => length.callAsync(Object.assign([], { length: 2 ** 32 - 1 })));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: 'args.length', value: 2 ** 32 - 1 });
  });

  it.each([
    ['alone', (value: unknown) => value],
    ['in a list', (value: unknown) => [value]],
    ['in an object', (value: unknown) => ({ value })],
  ])('a huge BigInt %s is refused at once', async (_where, wrap) => {
    const error = await failure(() => new Runtime({ timeout: wrap(1n << (2n ** 27n)) as never }));
    expect(error.code).toBe('ERR_ISOLET_INVALID_ARG');
    expect(error.message.length).toBeLessThan(200);
  });
});
