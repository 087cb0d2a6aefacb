import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { getProcessStats, Runtime } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from './support.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A worker thread with `isolet` and `parentPort` at hand. */
function start(body: string): Worker {
  const source = `
    const { parentPort } = require('node:worker_threads');
    const tsx = require(${JSON.stringify(`${root}node_modules/tsx/dist/cjs/api/index.cjs`)});
    const { Runtime } = tsx.require('./lib/index.ts', ${JSON.stringify(`${root}index.js`)});
    (async () => { ${body} })();`;
  return new Worker(source, { eval: true });
}

async function message(worker: Worker): Promise<unknown> {
  const [value] = (await once(worker, 'message')) as [unknown];
  return value;
}

afterEach(() => until(() => getProcessStats().liveIsolates === 0, 'no isolate'));

describe('worker threads', () => {
  it('have runtimes of their own, beside those of the main thread', async () => {
    const here = new Runtime();
    const worker = start(`
      const runtime = new Runtime({ timeout: 1000 });
      runtime.bindFunction('add', async (a, b) => a + b);
      parentPort.postMessage(await runtime.evalAsync('add(1, 2)'));
      runtime.close();`);
    expect(await message(worker)).toBe(3);
    expect(here.eval('typeof add')).toBe('undefined');
    await worker.terminate();
    expect(here.eval('1')).toBe(1);
    here.close();
  });

  it.each([
    ['idle', `runtime.eval('1');`],
    ['busy off its thread', `runtime.evalAsync('for (;;);').catch(() => {});`],
    [
      'waiting for a host function',
      `runtime.bindFunction('f', () => new Promise(() => {})); runtime.evalAsync('f()');`,
    ],
    [
      'with a handle and a pending promise',
      `globalThis.h = runtime.eval('({ f: () => 1, p: new Promise(() => {}) })');`,
    ],
  ])('can be stopped while a runtime is %s', async (_state, code) => {
    const worker = start(`
      const runtime = new Runtime();
      ${code}
      parentPort.postMessage('ready');
      setInterval(() => {}, 1000);`);
    expect(await message(worker)).toBe('ready');
    await worker.terminate();
  });

  it('can be stopped in the middle of a synchronous call, at the latest when that runs into its timeout', async () => {
    const worker = start(`
      const runtime = new Runtime({ timeout: 2000 });
      runtime.bindFunction('ready', () => parentPort.postMessage('ready'));
      runtime.eval('ready(); for (;;);');`);
    expect(await message(worker)).toBe('ready');
    const begin = performance.now();
    await worker.terminate();
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('end by themselves with an open runtime', async () => {
    const worker = start(`new Runtime().eval('1'); parentPort.postMessage('done');`);
    // Asked for first: it can come in the same breath as the message.
    const exit = once(worker, 'exit') as Promise<[number]>;
    expect(await message(worker)).toBe('done');
    expect((await exit)[0]).toBe(0);
  });
});
