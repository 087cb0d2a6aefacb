import { HeapLimitError, type Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;
const kinds = {
  Collator: "new Intl.Collator('de')",
  DateTimeFormat: "new Intl.DateTimeFormat('de')",
  DisplayNames: "new Intl.DisplayNames('de', { type: 'region' })",
  ListFormat: "new Intl.ListFormat('de')",
  Locale: "new Intl.Locale('de-DE')",
  NumberFormat: "new Intl.NumberFormat('de')",
  PluralRules: "new Intl.PluralRules('de')",
  RelativeTimeFormat: "new Intl.RelativeTimeFormat('de')",
  Segmenter: "new Intl.Segmenter('de', { granularity: 'word' })",
  'the segments of a short text': "segmenter.segment('a b c')",
  'the iterators of a short text': 'segments[Symbol.iterator]()',
};
const prelude = "const segmenter = new Intl.Segmenter('en'), segments = segmenter.segment('a b c'), kept = [];";
const small = (): Runtime => make({ maxHeapSize: 16 * mebibyte, cpuTimeout: 20_000 });

/** What the process grew by while `run` ran, in bytes. */
async function growth(run: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  await run();
  return process.memoryUsage.rss() - before;
}

describe('what ICU holds for a guest counts against its limit', () => {
  it.each(Object.entries(kinds))('%s, kept', async (_name, code) => {
    const runtime = small();
    const grown = await growth(async () => {
      const error = await failure(() => runtime.evalAsync(`${prelude} for (;;) kept.push(${code});`));
      expect(error).toBeInstanceOf(HeapLimitError);
    });
    // Gigabytes if nothing counted it; a sanitizer keeps what was freed for a while.
    expect(grown).toBeLessThan(400 * mebibyte);
  });

  it.each(Object.entries(kinds))('%s, dropped, costs nothing', async (_name, code) => {
    const runtime = small();
    const answer = await runtime.evalAsync(`${prelude} for (let i = 0; i < 20000; i++) ${code}; 'done'`);
    expect(answer).toBe('done');
  });

  it('also when it grows over many short calls', async () => {
    const runtime = small();
    const keep = runtime.eval(`${prelude} () => { for (let i = 0; i < 20; i++) kept.push(${kinds.DateTimeFormat}); }`);
    const error = await failure(async () => {
      for (;;) await (keep as () => Promise<void>)();
    });
    expect(error).toBeInstanceOf(HeapLimitError);
  });

  it('and the functions a guest gave to the host do not', async () => {
    const runtime = small();
    const functions = runtime.eval(`${prelude} for (let i = 0; i < 100; i++) kept.push(${kinds.NumberFormat});
      Array.from({ length: 5000 }, (_, i) => () => i)`) as (() => number)[];
    expect(await runtime.evalAsync(`for (let i = 0; i < 2000; i++) ${kinds.NumberFormat}; 'done'`)).toBe('done');
    expect(functions[4999]?.()).toBe(4999);
  });
});

describe('a text that is segmented counts with its length', () => {
  const text = "const text = 'ab '.repeat(4e5);";

  it.each(['segmenter.segment(text)', 'segmenter.segment(text)[Symbol.iterator]()'])('%s, kept', async (code) => {
    const runtime = small();
    const made = await runtime.evalAsync(`${prelude} ${text}
      try { for (;;) kept.push(${code}); } catch (error) { [error.name, kept.length] }`);
    expect(made).toEqual(['RangeError', expect.any(Number)]);
    expect((made as [string, number])[1]).toBeLessThan(16);
    const error = await failure(() => runtime.evalAsync(`for (;;) kept.push(${code});`));
    expect(error).toBeInstanceOf(HeapLimitError);
  });

  it('as long as something holds it', async () => {
    const runtime = small();
    const code = `${prelude} ${text}
      let count = 0;
      for (let i = 0; i < 50; i++) for (const one of segmenter.segment(text)) { count += one.segment.length; break; }
      count`;
    expect(await runtime.evalAsync(code)).toBe(50);
    expect(await runtime.evalAsync('segmenter.segment(text).containing(0).segment')).toBe('a');
  });
});

describe('Intl is what it was', () => {
  it('in shape', () => {
    const code = `(() => {
      const segments = new Intl.Segmenter('en').segment('x');
      const look = (object, key) => {
        const { value, ...rest } = Object.getOwnPropertyDescriptor(object, key);
        return { ...rest, name: value.name, length: value.length, own: Object.getOwnPropertyNames(value).sort().join() };
      };
      return JSON.stringify([
        look(Intl.Segmenter.prototype, 'segment'),
        look(Object.getPrototypeOf(segments), Symbol.iterator),
        Object.getOwnPropertyNames(segments),
        Object.getOwnPropertySymbols(segments).length,
      ]);
    })()`;
    // biome-ignore lint/security/noGlobalEval: the same question to Node itself
    expect(small().eval(code)).toBe(globalThis.eval(code));
  });

  it.each([
    "[...new Intl.Segmenter('en', { granularity: 'word' }).segment('one two')].map((one) => one.segment + one.index)",
    "[...new Intl.Segmenter('en').segment()].length",
    "[...new Intl.Segmenter('en').segment({ toString: () => 'xyz' })].length",
    "new Intl.Segmenter('en').segment('x'.repeat(3000)).containing(2999).segment",
    "[...new Intl.Segmenter('en').segment('é'.repeat(3000))].length",
    "const it = new Intl.Segmenter('en').segment('ab')[Symbol.iterator](); [it.next().value.segment, it.next().value.segment, it.next().done]",
    "try { Intl.Segmenter.prototype.segment.call({}, 'x') } catch (error) { error.name }",
    "try { Intl.Segmenter.prototype.segment.call(undefined, 'x') } catch (error) { error.name }",
    "try { new Intl.Segmenter('en').segment(Symbol()) } catch (error) { error.name }",
    'try { new (Intl.Segmenter.prototype.segment)() } catch (error) { error.name }',
    "try { Object.getPrototypeOf(new Intl.Segmenter('en').segment('x'))[Symbol.iterator].call({}) } catch (error) { error.name }",
    'Object.prototype.toString.call(new Intl.Segmenter("en").segment("x")[Symbol.iterator]())',
  ])('%s', (code) => {
    // biome-ignore lint/security/noGlobalEval: the same question to Node itself
    expect(small().eval(code)).toEqual(globalThis.eval(code));
  });
});
