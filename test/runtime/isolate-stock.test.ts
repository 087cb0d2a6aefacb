import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  getProcessStats,
  HeapLimitError,
  Runtime,
  type RuntimeOptions,
  SnapshotBuilder,
  setProcessLimits,
  TimeoutError,
} from 'isolet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const mebibyte = 1024 * 1024;
const stocked = (): number => getProcessStats().stockedIsolates;

/** A size no other test of this file uses, so that no stock of another test fits. */
let heap = 20 * mebibyte;
beforeEach(() => {
  heap += mebibyte;
});
afterEach(() => setProcessLimits({ maxStockedIsolates: 2, maxIsolates: 3000 }));

/** Runtimes one after the other until isolates are ready for the next. */
async function fill(options: RuntimeOptions = { maxHeapSize: heap }): Promise<void> {
  // The stock of other options goes first.
  await until(() => stocked() === 0, 'an empty stock');
  for (let i = 0; i < 3; i++) await (await Runtime.create(options)).closeAsync();
  await until(() => stocked() === 2, 'two isolates in stock');
}

/** No room for anything made ahead once `count` more runtimes are there. A stock is filled up at any time before. */
function roomFor(count: number): void {
  setProcessLimits({ maxIsolates: getProcessStats().liveIsolates + count });
}

/** A runtime that took one of the two isolates in stock. */
function makeFromStock(options: RuntimeOptions): Runtime {
  roomFor(1);
  const runtime = make(options);
  expect(stocked()).toBe(1);
  setProcessLimits({ maxIsolates: 3000 });
  return runtime;
}

describe('isolates made ahead', () => {
  it('are there after runtimes were made one after the other, are used, and are replaced', async () => {
    await fill();
    const live = getProcessStats().liveIsolates;
    const runtime = makeFromStock({ maxHeapSize: heap });
    expect(getProcessStats().liveIsolates).toBe(live + 1);
    expect(runtime.eval('6 * 7')).toBe(42);
    const other = await create({ maxHeapSize: heap });
    expect(await other.evalAsync('typeof own')).toBe('undefined');
    await until(() => stocked() === 2, 'the stock to be filled up');
  });

  it('fit only runtimes with the same memory limit', async () => {
    await fill();
    const other = make({ maxHeapSize: heap + 32 * mebibyte });
    expect(stocked()).toBe(2);
    const same = makeFromStock({ maxHeapSize: heap });
    expect(other.getStats().heapLimitBytes).toBeGreaterThan(same.getStats().heapLimitBytes);
  });

  it('are not made for one runtime, nor for different ones', async () => {
    await until(() => stocked() === 0, 'an empty stock');
    for (let i = 1; i <= 4; i++) make({ maxHeapSize: heap + i * 64 * mebibyte });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stocked()).toBe(0);
  });

  it('go when nobody makes a runtime any more', async () => {
    await fill();
    await until(() => stocked() === 0, 'the stock to be emptied');
  });

  it('are not kept when the process wants none', async () => {
    setProcessLimits({ maxStockedIsolates: 0 });
    await until(() => stocked() === 0, 'an empty stock');
    for (let i = 0; i < 4; i++) make({ maxHeapSize: heap });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stocked()).toBe(0);
  });

  it('are not made beyond the bounds of the process', async () => {
    await until(() => stocked() === 0, 'an empty stock');
    roomFor(2);
    for (let i = 0; i < 2; i++) make({ maxHeapSize: heap });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stocked()).toBe(0);
  });

  it('keep every limit of the runtime that takes them', async () => {
    await fill();
    const small = makeFromStock({ maxHeapSize: heap, timeout: 100 });
    expect(await failure(() => small.eval('for (;;);'))).toBeInstanceOf(TimeoutError);
    const patient = { timeout: 60_000 };
    expect(await failure(() => small.eval('const f = () => f(); f()', patient))).toMatchObject({ name: 'RangeError' });
    expect(small.eval('try { new ArrayBuffer(2 ** 28) } catch (error) { error.name }', patient)).toBe('RangeError');
    await fill();
    const bomb = makeFromStock({ maxHeapSize: heap });
    const error = await failure(() =>
      bomb.evalAsync('const all = []; for (;;) all.push(new Array(1000).fill(all.length))'),
    );
    expect(error).toBeInstanceOf(HeapLimitError);
  });

  it('have what the runtime asked for and nothing else', async () => {
    const globals = 'Object.getOwnPropertyNames(globalThis).sort().join()';
    setProcessLimits({ maxStockedIsolates: 0 });
    const plain = make({ maxHeapSize: heap }).eval(globals);
    const rich = make({ maxHeapSize: heap, console: true, maxTimers: 4 }).eval(globals);
    setProcessLimits({ maxStockedIsolates: 2 });
    await fill();
    expect(make({ maxHeapSize: heap }).eval(globals)).toBe(plain);
    expect(make({ maxHeapSize: heap, console: true, maxTimers: 4 }).eval(globals)).toBe(rich);
  });

  it('come with streams and the web, and their time begins with the runtime', async () => {
    const options = { maxHeapSize: heap, web: true };
    await fill(options);
    // Where snapshots restore, the first of a process makes one of the APIs, and from then on guests start from that.
    for (let tries = 0; tries < 5; tries++) {
      roomFor(1);
      const fits = make(options);
      setProcessLimits({ maxIsolates: 3000 });
      if (stocked() < 2) break;
      fits.close();
      await fill(options);
    }
    await fill(options);
    // Nobody made one meanwhile: what is in stock is older than this.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = Date.now();
    const runtime = makeFromStock(options);
    const [origin, now] = runtime.eval<[number, number]>('[performance.timeOrigin, performance.now()]');
    // The origin is on the grid of the clock.
    expect(origin).toBeGreaterThanOrEqual(before - 1);
    expect(origin + now).toBeLessThanOrEqual(Date.now() + 1);
    const code = `new Response(new Blob(['a']).stream()).text()`;
    expect(await runtime.evalAsync(code)).toBe('a');
    expect(make({ maxHeapSize: heap, streams: true }).eval('typeof Response')).toBe('undefined');
  });

  it('differ in what the runtime reads later, such as its timeout', async () => {
    await fill({ maxHeapSize: heap, timeout: 60_000 });
    const runtime = makeFromStock({ maxHeapSize: heap, timeout: 50, maxTransferDepth: 3 });
    expect(await failure(() => runtime.eval('for (;;);'))).toMatchObject({ limit: 50 });
    expect(await failure(() => runtime.eval('[[[[1]]]]'))).toMatchObject({ code: 'ERR_ISOLET_TRANSFER' });
  });

  it('come with the snapshot', async () => {
    const snapshot = await new SnapshotBuilder().executeScript('a.js', 'globalThis.a = 41').build();
    await fill({ snapshot, maxHeapSize: heap });
    expect(make({ snapshot, maxHeapSize: heap }).eval('++a')).toBe(42);
    expect(make({ snapshot, maxHeapSize: heap }).eval('++a')).toBe(42);
    expect(make({ maxHeapSize: heap }).eval('typeof a')).toBe('undefined');
  });
});

describe('a stock does not outlive its owner', () => {
  const library = new URL('../../dist/index.js', import.meta.url).href;
  const run = async (code: string): Promise<string> => {
    const program = `import { Runtime, getProcessStats } from ${JSON.stringify(library)};
      import { Worker } from 'node:worker_threads';
      for (let i = 0; i < 4; i++) await (await Runtime.create()).closeAsync();
      const until = async (ready) => { while (!ready()) await new Promise((resolve) => setTimeout(resolve, 1)); };
      ${code}`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 20_000,
    });
    return stdout.trim();
  };
  const full = 'await until(() => getProcessStats().stockedIsolates === 2);';

  it.each([
    ['the process ends by itself', `${full} console.log('end');`],
    ['the process ends while one is made', "console.log('end');"],
    ['process.exit', `${full} console.log('end'); process.exit(0);`],
    ['process.exit while one is made', "console.log('end'); process.exit(0);"],
  ])('%s', async (_name, code) => {
    expect(await run(code)).toBe('end');
  });

  it('a worker that ends takes its own and leaves the others', async () => {
    const out = await run(`
      const keep = setInterval(() => Runtime.create().then((runtime) => runtime.closeAsync()), 100);
      ${full}
      const source = \`
        import { parentPort } from 'node:worker_threads';
        import { Runtime, getProcessStats } from ${JSON.stringify(library)};
        // Again and again: a thread that is busy elsewhere makes nothing ahead.
        for (let n = 0; getProcessStats().stockedIsolates < 4; n++) {
          if (n % 50 < 4) await (await Runtime.create()).closeAsync();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        parentPort.postMessage(getProcessStats().stockedIsolates);\`;
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)));
      // Asked for now: it can come in the same breath as the message.
      const exited = new Promise((resolve) => worker.on('exit', resolve));
      const inside = await new Promise((resolve, reject) => { worker.on('message', resolve); worker.on('error', reject); });
      await exited;
      clearInterval(keep);
      await until(() => getProcessStats().stockedIsolates <= 2);
      console.log(inside, new Runtime().eval('1 + 1'));`);
    expect(out).toBe('4 2');
  });
});
