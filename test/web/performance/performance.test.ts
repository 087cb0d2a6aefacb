import { describe, expect, it } from 'vitest';
import { inGuest } from '../oracle.ts';
import { expectSameAsNode, thrownBy, useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

describe('performance.now', () => {
  it('never goes back, and counts from timeOrigin', () => {
    const [steps, origin, now] = make().eval(`let last = performance.now(); let steps = 0;
      for (let i = 0; i < 10_000; i++) { const now = performance.now(); if (now < last) steps++; last = now }
      [steps, performance.timeOrigin, performance.now()]`) as number[];
    expect(steps).toBe(0);
    expect(Math.abs((origin as number) + (now as number) - Date.now())).toBeLessThan(60_000);
  });

  it('is as coarse as the option says', () => {
    const runtime = make({ web: { clockResolution: 20 } });
    const seen = runtime.eval(`const seen = new Set(); const end = Date.now() + 100;
      while (Date.now() < end) seen.add(performance.now()); [...seen]`) as number[];
    for (const time of seen) expect(time % 20).toBeCloseTo(0, 6);
    expect((runtime.eval('performance.timeOrigin') as number) % 20).toBeCloseTo(0, 6);
    expect((runtime.eval('new Event("x").timeStamp') as number) % 20).toBeCloseTo(0, 6);
  });
});

describe('marks and measures', () => {
  it('are those of Node for the same program', async () => {
    await expectSameAsNode(
      make(),
      `const own = 'of this test';
      const entries = [];
      const note = ({ name, entryType, startTime, duration, detail }) =>
        entries.push([name, entryType, startTime, duration, detail]);
      note(performance.mark(own, { startTime: 10, detail: { a: [1] } }));
      note(performance.mark(own + 2, { startTime: 25 }));
      note(performance.measure(own, own, own + 2));
      note(performance.measure(own, { start: own, duration: 5, detail: 'x' }));
      note(performance.measure(own, { end: own + 2, duration: 5 }));
      note(performance.measure(own, { start: 1, end: 2 }));
      const found = [performance.getEntriesByName(own).length, performance.getEntriesByName(own, 'mark').length,
        performance.getEntriesByType('mark').filter(({ name }) => name.startsWith(own)).length];
      performance.clearMarks(own);
      performance.clearMeasures();
      found.push(performance.getEntriesByName(own).length, performance.getEntriesByType('measure').length);
      performance.clearMarks(own + 2);
      return [entries, found];`,
    );
  });

  it('refuse what Node refuses', async () => {
    await expectSameAsNode(
      make(),
      `${thrownBy}
      return [() => performance.mark(), () => performance.mark(Symbol('x')), () => performance.mark('x', { startTime: -1 }),
        () => performance.mark('x', { startTime: 'y' }), () => performance.measure(), () => performance.measure('x', 'none'),
        () => performance.measure('x', { start: 1 }, 'none'),
        () => performance.measure('x', { start: 1, end: 2, duration: 3 }), () => new PerformanceEntry(),
        () => new PerformanceMeasure(), () => new Performance(), () => new PerformanceMark()].map(thrown);`,
    );
    expect(() => make().eval("performance.measure('x', { detail: 1 })")).toThrow('start or end');
  });

  it('copy their detail', () => {
    expect(
      make().eval(`const detail = { a: 1 }; const mark = performance.mark('x', { detail }); detail.a = 2;
        let name; try { performance.mark('x', { detail: () => {} }) } catch (error) { name = error.name }
        [mark.detail, mark.detail === mark.detail, name]`),
    ).toEqual([{ a: 1 }, true, 'DataCloneError']);
  });

  it('a guest that never clears them keeps the latest', () => {
    const runtime = make();
    runtime.eval('for (let i = 0; i < 60_000; i++) performance.mark("m" + i)');
    const kept = runtime.eval('performance.getEntriesByType("mark").length') as number;
    expect(kept).toBeGreaterThanOrEqual(10_000);
    expect(kept).toBeLessThan(12_000);
    expect(runtime.eval('performance.measure("x", "m59999").name')).toBe('x');
  });
});

describe('entries as JSON', () => {
  it('say what the entry is, whatever its prototype has become, and nothing of other objects', async () => {
    const seen = await inGuest(`
      const mark = performance.mark('m', { startTime: 5 });
      const { toJSON } = PerformanceEntry.prototype;
      const refused = await thrown(() => toJSON.call({}));
      Object.defineProperty(PerformanceEntry.prototype, 'name', { get: () => 'other' });
      const { id, ...rest } = mark.toJSON();
      return [refused, rest, id === mark.id];
    `);
    expect(seen).toEqual([
      'TypeError',
      { name: 'm', entryType: 'mark', startTime: 5, duration: 0, navigationId: 0 },
      true,
    ]);
  });
});

describe('PerformanceObserver', () => {
  it('hears of entries, those before it too when it asks for them', async () => {
    expect(
      await make().evalAsync(`(async () => {
        performance.mark('before');
        const lists = [];
        const heard = new Promise((done) => {
          const observer = new PerformanceObserver((list, self, options) => {
            lists.push(list.getEntries().map(({ name }) => name), self === observer, options.droppedEntriesCount);
            done();
          });
          observer.observe({ type: 'mark', buffered: true });
        });
        performance.mark('after');
        performance.measure('other');
        await heard;
        return lists;
      })()`),
    ).toEqual([['before', 'after'], true, 0]);
  });

  it('knows the types that there are', () => {
    expect(
      make().eval(`const types = PerformanceObserver.supportedEntryTypes;
        [types, Object.isFrozen(types), types === PerformanceObserver.supportedEntryTypes]`),
    ).toEqual([['mark', 'measure'], true, true]);
  });

  it('goes on after the call that queued its delivery was stopped', async () => {
    const runtime = make({ web: { clockResolution: 1 } });
    runtime.eval(`globalThis.names = [];
      new PerformanceObserver((list) => { for (const { name } of list.getEntries()) names.push(name) }).observe({ type: 'mark' })`);
    await expect(runtime.evalAsync('performance.mark("a"); for (;;);', { timeout: 50 })).rejects.toThrow(/time/i);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await runtime.evalAsync('performance.mark("b"); new Promise((done) => setTimeout(done, 20))');
    expect(runtime.eval('names')).toEqual(['a', 'b']);
  });
});
