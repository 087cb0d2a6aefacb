import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type JsFunction, Runtime, SnapshotBuilder } from 'isolet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deferred, failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Long enough for a busy machine: only a call that starves waits so long. */
const timeout = 10_000;

describe('while as many guests compute as there are processors', () => {
  let stop = new AbortController();
  let computing: Promise<unknown>[] = [];
  let ended = 0;

  beforeEach(async () => {
    stop = new AbortController();
    ended = 0;
    const all = Array.from({ length: availableParallelism() }, async () => {
      const runtime = make();
      const begun = deferred();
      runtime.bindFunction('begun', () => begun.resolve());
      computing.push(
        failure(() => runtime.evalAsync('begun(); for (;;);', { signal: stop.signal })).finally(() => ended++),
      );
      await begun.promise;
    });
    await Promise.all(all);
  });

  afterEach(async () => {
    expect(ended).toBe(0);
    stop.abort();
    await Promise.all(computing);
    computing = [];
  });

  it('a synchronous call has its answer', () => {
    const runtime = make();
    for (let i = 0; i < 20; i++) expect(runtime.eval(`${i}`, { timeout })).toBe(i);
    const twice = runtime.eval<JsFunction>('(n) => n * 2', { timeout });
    expect(twice(21)).toBe(42);
    runtime.addModule('m', 'export const n = 3');
    expect(runtime.evalModule('m', { timeout })).toMatchObject({ n: 3 });
  });

  it('so has one behind calls of the same guest that wait for a place', async () => {
    const runtime = make();
    const before = [1, 2].map((n) => runtime.evalAsync(`(globalThis.log ??= []).push(${n})`));
    expect(runtime.eval('log.push(3); log.join()', { timeout })).toBe('1,2,3');
    expect(await Promise.all(before)).toEqual([1, 2]);
  });

  it('so has one in a host function of another guest', async () => {
    const other = make();
    const runtime = make();
    runtime.bindFunction('ask', () => other.eval('40 + 2', { timeout }));
    expect(runtime.eval('ask()', { timeout })).toBe(42);
  });

  it('a runtime with a bootstrap is made', () => {
    const runtime = new Runtime({ bootstrap: 'globalThis.n = 5', timeout });
    expect(runtime.eval('n')).toBe(5);
    runtime.close();
  });

  it('a snapshot is built', () => {
    const snapshot = new SnapshotBuilder({ timeout }).executeScript('a.js', 'globalThis.n = 6').build();
    const runtime = new Runtime({ snapshot, timeout });
    expect(runtime.eval('n')).toBe(6);
    runtime.close();
  });

  it('functions and objects are bound', () => {
    const runtime = make({ timeout });
    runtime.bindFunction('f', () => 7);
    runtime.bindObject('o', { n: 1 });
    expect(runtime.eval('f() + o.n')).toBe(8);
  });

  it('the event loop does not wait for calls that wait, when something is bound', async () => {
    const runtime = make();
    const stop = new AbortController();
    const waiting = failure(() => runtime.evalAsync('for (;;);', { signal: stop.signal, timeout: 30_000 }));
    runtime.bindFunction('f', () => 9);
    runtime.bindObject('o', { n: 1 });
    expect(runtime.getStats().pendingCalls).toBe(1);
    stop.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    expect(runtime.eval('f() + o.n', { timeout })).toBe(10);
  });

  it('a worker thread has its answers', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      const tsx = require(${JSON.stringify(`${root}node_modules/tsx/dist/cjs/api/index.cjs`)});
      const { Runtime } = tsx.require('./lib/index.ts', ${JSON.stringify(`${root}index.js`)});
      const runtime = new Runtime({ bootstrap: 'globalThis.n = 8', timeout: ${timeout} });
      parentPort.postMessage(runtime.eval('n'));
      runtime.close();`,
      { eval: true },
    );
    expect(await once(worker, 'message')).toEqual([8]);
    await worker.terminate();
  });

  it('a worker thread ends with runtimes that are still to be made', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      const tsx = require(${JSON.stringify(`${root}node_modules/tsx/dist/cjs/api/index.cjs`)});
      const { Runtime } = tsx.require('./lib/index.ts', ${JSON.stringify(`${root}index.js`)});
      for (let i = 0; i < 5; i++) Runtime.create();
      parentPort.postMessage('ready');`,
      { eval: true },
    );
    expect(await once(worker, 'message')).toEqual(['ready']);
    await worker.terminate();
  });
});

describe('a flood of synchronous calls', () => {
  it('lets calls off the event loop through', async () => {
    const runtime = make();
    const others = Array.from({ length: availableParallelism() + 1 }, () => make());
    let done = 0;
    for (const other of others) {
      other.evalAsync('{ let n = 0; for (let i = 0; i < 2e7; i++) n += i; } 1', { timeout: 60_000 }).then(() => done++);
    }
    let calls = 0;
    while (done < others.length) {
      for (let i = 0; i < 20; i++) calls += runtime.eval<number>('1', { timeout });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(calls).toBeGreaterThan(0);
  });
});

describe('host calls that are served while the host waits', () => {
  it('are stacked only so high, and all are served', async () => {
    const guests = Array.from({ length: 40 }, () => make());
    const other = make();
    let depth = 0;
    let deepest = 0;
    for (const guest of guests) {
      guest.bindFunction('ask', () => {
        deepest = Math.max(deepest, ++depth);
        const answer = other.eval('1');
        depth--;
        return answer;
      });
    }
    const all = guests.map((guest) => guest.evalAsync('ask()'));
    // All of them wait for the event loop when it comes back.
    while (guests.some((guest) => guest.getStats().counts.hostCall === 0));
    expect(await Promise.all(all)).toEqual(Array(40).fill(1));
    expect(deepest).toBeGreaterThan(1);
    expect(deepest).toBeLessThanOrEqual(17);
  });
});
