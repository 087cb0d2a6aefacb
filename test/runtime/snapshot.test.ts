import { inspect } from 'node:util';
import {
  getProcessStats,
  JavaScriptError,
  Runtime,
  RuntimeClosedError,
  Snapshot,
  SnapshotBuilder,
  SnapshotError,
  TimeoutError,
} from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const kind = Number(process.versions.node.split('.')[0]) >= 22 ? 'startup' : 'replay';

function answer(): Snapshot {
  return new SnapshotBuilder()
    .executeScript('one.js', 'globalThis.answer = 42; function twice(n) { return n * 2 }')
    .executeScript('two.js', 'globalThis.list = [answer, twice(answer)]; ({ ignored: Symbol() })')
    .warmup('twice(1); globalThis.warm = true')
    .build();
}

describe('SnapshotBuilder', () => {
  it('B130: what scripts left is there in every runtime that starts from it', async () => {
    const snapshot = answer();
    expect(snapshot.kind).toBe(kind);
    for (const runtime of [make({ snapshot }), await create({ snapshot }), make({ snapshot: snapshot.toBuffer() })]) {
      expect(runtime.eval('[answer, list, twice(4), typeof warm]')).toEqual([42, [42, 84], 8, 'undefined']);
    }
  });

  it('buildAsync gives the same', async () => {
    const snapshot = await new SnapshotBuilder().executeScript('a.js', 'globalThis.a = 1').buildAsync();
    expect(make({ snapshot }).eval('a')).toBe(1);
  });

  it('runtimes from one snapshot do not share state', () => {
    const snapshot = answer();
    const [one, two] = [make({ snapshot }), make({ snapshot })];
    one.eval('answer = 0; list.push(1)');
    expect(two.eval('[answer, list.length]')).toEqual([42, 2]);
  });

  it('B131: the bootstrap runs after it', async () => {
    const snapshot = answer();
    const bootstrap = 'globalThis.more = answer + 1; Symbol()';
    expect(make({ snapshot, bootstrap }).eval('more')).toBe(43);
    expect((await create({ snapshot, bootstrap })).eval('more')).toBe(43);
  });

  it('host functions, console and limits work on top', async () => {
    const runtime = make({ snapshot: answer(), timeout: 100 });
    runtime.bindFunction('add', (a: number, b: number) => a + b);
    expect(runtime.eval('add(answer, 1)')).toBe(43);
    expect(await failure(() => runtime.eval('for (;;);'))).toBeInstanceOf(TimeoutError);
  });

  it('single-letter property names survive', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const source = `globalThis.o = {${letters.map((letter, i) => `${letter}: ${i}`)}}`;
    const snapshot = new SnapshotBuilder().executeScript('letters.js', source).build();
    expect(make({ snapshot }).eval('o')).toEqual(Object.fromEntries(letters.map((letter, i) => [letter, i])));
  });

  it.each(['build', 'buildAsync'] as const)(
    'F081: a script that throws fails %s with its name and line',
    async (build) => {
      const builder = new SnapshotBuilder().executeScript('broken.js', '\nnull.x');
      const error = await failure(() => builder[build]());
      expect(error).toBeInstanceOf(JavaScriptError);
      expect(error.name).toBe('TypeError');
      expect(error.stack).toContain('broken.js:2');
    },
  );

  it.each(['build', 'buildAsync'] as const)('a script that never ends fails %s', async (build) => {
    const builder = new SnapshotBuilder({ timeout: 50 }).executeScript('loop.js', 'for (;;);');
    expect(await failure(() => builder[build]())).toBeInstanceOf(TimeoutError);
  });

  it('F082: a builder builds once', async () => {
    const builder = new SnapshotBuilder();
    builder.build();
    expect(() => builder.build()).toThrow(RuntimeClosedError);
    expect(() => builder.executeScript('a.js', '')).toThrow(RuntimeClosedError);
    expect(() => builder.warmup('')).toThrow(RuntimeClosedError);
    await expect(builder.buildAsync()).rejects.toThrow(RuntimeClosedError);
  });

  it.each<[unknown[], string]>([
    [['', 'x'], 'name'],
    [[5, 'x'], 'name'],
    [['a.js', 5], 'source'],
  ])('executeScript refuses %o', async (args, option) => {
    const error = await failure(() => new SnapshotBuilder().executeScript(...(args as [string, string])));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option });
  });

  it('refuses bad options', () => {
    expect(() => new SnapshotBuilder({ timeout: 0 })).toThrow(RangeError);
    expect(() => new SnapshotBuilder({ maxHeapSize: 1 })).toThrow(RangeError);
    expect(() => new SnapshotBuilder({ scripts: [] } as never)).toThrow(TypeError);
  });
});

describe('Snapshot', () => {
  it('goes through bytes', () => {
    const snapshot = Snapshot.from(answer().toBuffer());
    expect(snapshot).toBeInstanceOf(Snapshot);
    expect(snapshot.kind).toBe(kind);
    expect(make({ snapshot }).eval('answer')).toBe(42);
    expect(inspect(snapshot)).toMatch(/^Snapshot \{ kind: '\w+', byteLength: \d+ \}$/);
  });

  it('damaged and foreign bytes are refused, by Snapshot and by Runtime', async () => {
    const bytes = answer().toBuffer();
    for (const offset of [0, 8, 20, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 0xff;
      expect(() => Snapshot.from(changed), `offset ${offset}`).toThrow(SnapshotError);
      expect(() => new Runtime({ snapshot: changed }), `offset ${offset}`).toThrow(SnapshotError);
      await expect(Runtime.create({ snapshot: changed })).rejects.toThrow(SnapshotError);
    }
    for (const length of [0, 1, 7, 8, 40, bytes.length - 1]) {
      expect(() => Snapshot.from(bytes.subarray(0, length)), `length ${length}`).toThrow(SnapshotError);
    }
    expect(() => Snapshot.from(Buffer.from('not a snapshot at all, just some text'.repeat(100)))).toThrow(
      SnapshotError,
    );
  });

  it('a failing replay leaves no isolate', async () => {
    // Valid when it was recorded, but it needs more memory than this runtime has.
    const snapshot = new SnapshotBuilder().executeScript('big.js', 'globalThis.big = new Array(3e6).fill(1.5)').build();
    if (snapshot.kind === 'startup') return;
    await failure(() => new Runtime({ snapshot, maxHeapSize: 8 * 1024 * 1024 }));
    await failure(() => Runtime.create({ snapshot, maxHeapSize: 8 * 1024 * 1024 }));
    await until(() => getProcessStats().liveIsolates === 0, 'no isolate');
  });
});
