import { Runtime, Snapshot, SnapshotBuilder, type SnapshotBuilderOptions } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';

const open: Runtime[] = [];

function runtimeWith(options: ConstructorParameters<typeof Runtime>[0]): Runtime {
  const runtime = new Runtime(options);
  open.push(runtime);
  return runtime;
}

afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

function build(script: string, options: SnapshotBuilderOptions = { web: true }, warmup?: string): Snapshot {
  const builder = new SnapshotBuilder(options).executeScript('lib.js', script);
  if (warmup !== undefined) builder.warmup(warmup);
  return builder.build();
}

const names = 'Object.getOwnPropertyNames(globalThis).sort()';

describe.each([
  ['without a warm-up', undefined],
  ['with a warm-up', 'typeof ReadableStream === "function" && new ReadableStream(); navigator.userAgent'],
] as const)('a snapshot with web, %s', (_name, warmup) => {
  it('lets its scripts use what it brings, and keeps what they took', async () => {
    const snapshot = build(
      `const Stream = ReadableStream;
       const made = new Stream({ start(c) { c.enqueue('from the snapshot'); c.close(); } });
       const nav = navigator;
       const taken = { TransformStream };`,
      { web: true },
      warmup,
    );
    for (const runtime of [runtimeWith({ snapshot }), await Runtime.create({ snapshot, web: true })]) {
      open.push(runtime);
      expect(runtime.eval('Stream === ReadableStream && nav === navigator')).toBe(true);
      expect(runtime.eval('taken.TransformStream === TransformStream')).toBe(true);
      expect(await runtime.evalAsync('made.getReader().read().then((step) => step.value)')).toBe('from the snapshot');
    }
  });

  it('exports streams that its scripts made and imports those of the host', async () => {
    const snapshot = build(
      'const made = new ReadableStream({ start(c) { c.enqueue("x"); c.close(); } })',
      { web: true },
      warmup,
    );
    const runtime = runtimeWith({ snapshot });
    const chunks: unknown[] = [];
    for await (const chunk of runtime.eval('made') as AsyncIterable<unknown>) chunks.push(chunk);
    expect(chunks).toEqual(['x']);
    const same = runtime.eval('(s) => s instanceof ReadableStream') as (stream: unknown) => unknown;
    expect(same(new Response('a').body)).toBe(true);
  });

  it('of which nothing was used yet makes it in the runtime', async () => {
    const snapshot = build('const n = 1', { web: true }, warmup);
    const runtime = runtimeWith({ snapshot });
    const same = runtime.eval('(s) => s instanceof ReadableStream') as (stream: unknown) => unknown;
    expect(same(new Response('a').body)).toBe(true);
    expect(runtime.eval('typeof WritableStream + typeof navigator')).toBe('functionobject');
  });

  it('gives runtimes the same names as no snapshot does', () => {
    const snapshot = build('', { web: true }, warmup);
    expect(runtimeWith({ snapshot }).eval(names)).toEqual(runtimeWith({ web: true }).eval(names));
  });

  it('leaves options to the runtimes', () => {
    const snapshot = build('const built = navigator.userAgent', { web: { userAgent: 'builder' } }, warmup);
    const runtime = runtimeWith({ snapshot, web: { userAgent: 'runtime' } });
    // Recorded scripts run again in each runtime.
    const built = snapshot.kind === 'startup' ? 'builder' : 'runtime';
    expect(runtime.eval('[built, navigator.userAgent]')).toEqual([built, 'runtime']);
    expect(runtimeWith({ snapshot }).eval('navigator.userAgent')).toBe('isolet');
  });

  it('comes along with its bytes', () => {
    const snapshot = Snapshot.from(build('const made = navigator', { web: true }, warmup).toBuffer());
    expect(runtimeWith({ snapshot }).eval('made.userAgent')).toBe('isolet');
  });

  it('keeps what its scripts deleted and replaced', () => {
    const snapshot = build('delete globalThis.ReadableStream; globalThis.navigator = 5;', { web: true }, warmup);
    expect(runtimeWith({ snapshot }).eval('[typeof ReadableStream, navigator]')).toEqual(['undefined', 5]);
  });
});

describe('snapshots and the option web', () => {
  it('one built without starts a runtime with it, after its scripts', () => {
    const snapshot = build('const found = typeof navigator', {});
    const runtime = runtimeWith({ snapshot, web: true });
    expect(runtime.eval('[found, typeof navigator, typeof new ReadableStream(), typeof setTimeout]')).toEqual([
      'undefined',
      'object',
      'object',
      'function',
    ]);
  });

  it('one that was built with it can not be without', () => {
    const snapshot = build('', { web: true });
    expect(() => new Runtime({ snapshot, web: false })).toThrow(/'web' must be true or an object or left out/);
  });

  it('one that has other streams already is refused', () => {
    const snapshot = build('', { streams: true });
    expect(() => new Runtime({ snapshot, web: true })).toThrow(/'web' must be left out/);
  });

  it('one that put something in the place of a global keeps a runtime with it from starting, with a clear error', () => {
    const snapshot = build('Object.defineProperty(globalThis, "navigator", { value: 1, configurable: false })', {});
    expect(() => new Runtime({ snapshot, web: true })).toThrow(/can't be defined|Cannot redefine/);
  });
});
