import { type ConsoleHandler, JavaScriptError, Snapshot, SnapshotBuilder, type SnapshotBuilderOptions } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();

function build(script: string, options: SnapshotBuilderOptions = {}, warmup?: string): Snapshot {
  const builder = new SnapshotBuilder({ timeout: 10_000, ...options }).executeScript('lib.js', script);
  if (warmup !== undefined) builder.warmup(warmup);
  return builder.build();
}

describe('timers in a snapshot', () => {
  const library = `
    const later = setTimeout, often = setInterval, { clearTimeout: drop, clearInterval: stop } = globalThis;
    const sleep = (ms, value) => new Promise((done) => later(done, ms, value));
    const found = [typeof setTimeout, typeof setInterval, typeof clearTimeout, typeof clearInterval];
  `;

  it.each([['without a warm-up', undefined] as const, ['with a warm-up', 'typeof sleep'] as const])(
    'what a script took as it loaded works in every runtime, %s',
    async (_name, warmup) => {
      const snapshot = build(library, { maxTimers: 5 }, warmup);
      for (const runtime of [make({ snapshot }), await create({ snapshot })]) {
        expect(runtime.eval('found')).toEqual(['function', 'function', 'function', 'function']);
        expect(await runtime.evalAsync('sleep(1, "slept")')).toBe('slept');
        expect(
          await runtime.evalAsync(
            'new Promise((done) => { let n = 0; const id = often(() => ++n === 3 && (stop(id), done(n)), 1) })',
          ),
        ).toBe(3);
        expect(
          await runtime.evalAsync(
            'const id = later(() => { fired = true }, 1); drop(id); sleep(5).then(() => typeof fired)',
          ),
        ).toBe('undefined');
        expect(runtime.eval('later === setTimeout')).toBe(true);
        expect(runtime.getStats().activeTimers).toBe(0);
      }
    },
  );

  it('a runtime has as many timers as the snapshot says, or its own option', () => {
    const snapshot = build('const set = setTimeout', { maxTimers: 2 });
    const fill =
      '(() => { let n = 0; try { for (;;) { set(() => {}, 1e6); n++ } } catch (e) { return [n, e.name] } })()';
    expect(make({ snapshot }).eval(fill)).toEqual([2, 'RangeError']);
    expect(make({ snapshot, maxTimers: 4 }).eval(fill)).toEqual([4, 'RangeError']);
    expect(make({ snapshot, maxTimers: 1 }).eval(fill)).toEqual([1, 'RangeError']);
  });

  it('come along with the bytes', async () => {
    const snapshot = Snapshot.from(build(library, { maxTimers: 5 }).toBuffer());
    expect(await make({ snapshot }).evalAsync('sleep(1, 2)')).toBe(2);
    expect(await make({ snapshot: snapshot.toBuffer() }).evalAsync('sleep(1, 3)')).toBe(3);
  });

  it('what the scripts may hold is not taken from them', async () => {
    const snapshot = build(library, { maxTimers: 5 });
    expect(await failure(() => make({ snapshot, maxTimers: 0 }))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_ISOLET_INVALID_ARG',
      message: expect.stringContaining("'maxTimers' must be at least 1"),
    });
  });

  it.each([
    ['in a script', 'setTimeout(() => {}, 1)'],
    ['in an interval', 'setInterval(() => {}, 1)'],
    [
      'in a reaction',
      'Promise.resolve().then(() => setTimeout(() => {}, 1)).catch((e) => { globalThis.said = e.message })',
    ],
  ])('a script that sets one while it loads is told so: %s', async (name, script) => {
    const said = /can't set timers: set them in the runtimes/;
    if (name === 'in a reaction') {
      expect(make({ snapshot: build(script, { maxTimers: 5 }) }).eval('said')).toMatch(said);
    } else {
      const error = await failure(() => build(script, { maxTimers: 5 }));
      expect(error).toBeInstanceOf(JavaScriptError);
      expect(error.message).toMatch(said);
    }
  });

  it('bootstrap may set them', async () => {
    const snapshot = build(library, { maxTimers: 5 });
    const runtime = make({ snapshot, bootstrap: 'const done = new Promise((r) => later(r, 1, "booted"))' });
    expect(await runtime.evalAsync('done')).toBe('booted');
  });

  it('without them a script finds none, and a runtime may still have its own', async () => {
    const snapshot = build('const found = typeof setTimeout');
    expect(make({ snapshot }).eval('[found, typeof setTimeout]')).toEqual(['undefined', 'undefined']);
    const runtime = make({ snapshot, maxTimers: 1 });
    expect(await runtime.evalAsync('new Promise((done) => setTimeout(done, 1, found))')).toBe('undefined');
  });
});

describe('streams in a snapshot', () => {
  const library = `
    const Stream = ReadableStream;
    const count = (n) => new Stream({ start(c) { for (let i = 1; i <= n; i++) c.enqueue(i); c.close() } });
    const sum = async (s) => { let n = 0; for await (const c of s) n += c; return n };
    const kept = count(3);
  `;

  it.each([['without a warm-up', undefined] as const, ['with a warm-up', 'sum(count(3))'] as const])(
    'classes that a script took, and a stream it made, work in every runtime, %s',
    async (_name, warmup) => {
      const snapshot = build(library, { streams: true }, warmup);
      for (const runtime of [make({ snapshot }), await create({ snapshot })]) {
        expect(runtime.eval('Stream === ReadableStream && count(1) instanceof Stream')).toBe(true);
        expect(await runtime.evalAsync('sum(count(4))')).toBe(10);
        expect(await runtime.evalAsync('sum(kept)')).toBe(6);
        let total = 0;
        for await (const chunk of runtime.eval('count(5)') as ReadableStream<number>) total += chunk;
        expect(total).toBe(15);
        const source = runtime.createStream(
          (async function* () {
            yield 20;
            yield 22;
          })(),
        );
        const consume = runtime.eval('sum') as import('isolet').JsFunction;
        expect(await consume.callAsync([source])).toBe(42);
        consume.release();
      }
    },
  );

  it('what the scripts may hold is not taken from them', async () => {
    expect(await failure(() => make({ snapshot: build(library, { streams: true }), streams: false }))).toMatchObject({
      code: 'ERR_ISOLET_INVALID_ARG',
      message: expect.stringContaining("'streams' must be true"),
    });
  });

  it('without them a script finds none, and a runtime may still have its own', async () => {
    const snapshot = build('const found = typeof ReadableStream');
    expect(make({ snapshot }).eval('[found, typeof ReadableStream]')).toEqual(['undefined', 'undefined']);
    expect(make({ snapshot, streams: true }).eval('[found, typeof ReadableStream]')).toEqual(['undefined', 'function']);
  });
});

describe('other functions that a script takes as it loads', () => {
  it('are those that the runtime has', async () => {
    const names = [
      'queueMicrotask',
      'structuredClone',
      'ArrayBuffer',
      'Uint8Array',
      'Atomics',
      'Intl',
      'eval',
      'Function',
    ];
    const snapshot = build(
      `const taken = ${JSON.stringify(names)}.map((name) => globalThis[name]);
       const wait = globalThis.Atomics?.waitAsync, { segment } = Intl.Segmenter.prototype, log = console.log;`,
    );
    const runtime = make({ snapshot, console: () => {} });
    expect(
      runtime.eval(`[${names.map((name, i) => `taken[${i}] === undefined || taken[${i}] === ${name}`).join()},
        wait === undefined || wait === Atomics.waitAsync, segment === Intl.Segmenter.prototype.segment, log === console.log]`),
    ).toEqual([...names.map(() => true), true, true, true]);
    expect(await runtime.evalAsync('new Promise((done) => taken[0](() => done(taken[1]({ a: 1 }))))')).toEqual({
      a: 1,
    });
  });

  it('of the console write to that of the runtime, and nowhere without one', () => {
    const lines: unknown[] = [];
    const listen: ConsoleHandler = (level, args) => lines.push([level, ...args]);
    const snapshot = build(`
      console.log('while it loads');
      const { log, warn } = console, say = (text) => { log(text); warn(text, 2) };
    `);
    const runtime = make({ snapshot, console: listen });
    runtime.eval('say("hello")');
    make({ snapshot }).eval('say("nobody listens")');
    expect(lines).toEqual([
      ['log', 'hello'],
      ['warn', 'hello', 2],
    ]);
  });

  it('what a script put in their place stays there', () => {
    const snapshot = build(
      `globalThis.structuredClone = () => 'mine'; delete globalThis.queueMicrotask;
       globalThis.setTimeout = () => 'mine too'; console.log = () => 'and mine'; globalThis.ReadableStream = 'mine';`,
      { maxTimers: 1, streams: true },
    );
    expect(
      make({ snapshot, console: true }).eval(
        '[structuredClone({}), typeof queueMicrotask, setTimeout(), console.log("x"), ReadableStream]',
      ),
    ).toEqual(['mine', 'undefined', 'mine too', 'and mine', 'mine']);
  });
});

describe('options of a builder', () => {
  it.each([
    [{ maxTimers: -1 }, 'maxTimers'],
    [{ maxTimers: 1.5 }, 'maxTimers'],
    [{ maxTimers: '3' }, 'maxTimers'],
    [{ streams: 1 }, 'streams'],
    [{ timers: 3 }, 'timers'],
  ])('%j is refused by its name', async (options, name) => {
    expect(await failure(() => new SnapshotBuilder(options as never))).toMatchObject({
      code: 'ERR_ISOLET_INVALID_ARG',
      message: expect.stringContaining(name),
    });
  });
});
