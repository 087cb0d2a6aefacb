import { type JsFunction, Runtime } from 'isolet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, webKinds } from './kinds.ts';

type Show = (it: unknown) => unknown;

describe('objects of the web cross as what they are', () => {
  let runtime: Runtime;

  beforeAll(() => {
    runtime = new Runtime({ web: true });
  });
  afterAll(() => runtime.close());

  describe.each(webKinds)('$name', ({ make, show }) => {
    const expected = async () => JSON.parse(JSON.stringify(await here<Show>(show)(here(make))));
    const seenHere = async (object: unknown) => JSON.parse(JSON.stringify(await here<Show>(show)(object)));
    const seenThere = async (pick: string, ...args: unknown[]) => {
      const fn = runtime.eval<JsFunction>(`async (...args) => JSON.stringify(await (${show})((${pick})(...args)))`);
      return JSON.parse((await fn.callAsync(args)) as string);
    };

    it('as a result', async () => {
      expect(await seenHere(runtime.eval(make))).toEqual(await expected());
      expect(await seenHere(await runtime.evalAsync(`Promise.resolve(${make})`))).toEqual(await expected());
    });

    it('as an argument', async () => {
      expect(await seenThere('(it) => it', here(make))).toEqual(await expected());
    });

    it('inside of containers', async () => {
      const nested = runtime.eval<{ list: [Map<string, Set<unknown>>] }>(
        `({ list: [new Map([['key', new Set([${make}])]])] })`,
      );
      const [member] = [...(nested.list[0].get('key') as Set<unknown>)];
      expect(await seenHere(member)).toEqual(await expected());
      const given = { list: [new Map([['key', new Set([here(make)])]])] };
      expect(await seenThere("(it) => [...it.list[0].get('key')][0]", given)).toEqual(await expected());
    });

    it('as argument and result of a host function', async () => {
      let got: unknown;
      runtime.bindFunction('swap', (it: unknown) => {
        got = it;
        return here(make);
      });
      expect(await seenThere(`() => swap(${make})`)).toEqual(await expected());
      expect(await seenHere(got)).toEqual(await expected());
      runtime.bindFunction('later', async () => here(make));
      const fn = runtime.eval<JsFunction>(`async () => JSON.stringify(await (${show})(await later()))`);
      expect(JSON.parse((await fn.callAsync()) as string)).toEqual(await expected());
    });

    it('as a bound value and as a chunk of a stream', async () => {
      runtime.bindObject('bound', { it: here(make) });
      expect(await seenThere('() => bound.it')).toEqual(await expected());
      const stream = runtime.eval<ReadableStream>(
        `new ReadableStream({ start(c) { c.enqueue(${make}); c.close(); } })`,
      );
      const { value } = await stream.getReader().read();
      expect(await seenHere(value)).toEqual(await expected());
    });

    it('once, where a message has it twice', () => {
      const [a, b] = runtime.eval<[unknown, unknown]>(`(() => { const it = ${make}; return [it, { it }.it]; })()`);
      expect(a).toBe(b);
      const same = runtime.eval<JsFunction<unknown[], boolean>>('(a, b) => a === b.it');
      const it = here(make);
      expect(same(it, { it })).toBe(true);
    });
  });
});
