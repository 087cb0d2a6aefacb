import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

/** Calls one after the other, each started by the answer of the one before, until `stop`. */
function chain(fn: JsFunction): { calls: () => number; stop: () => Promise<void> } {
  let calls = 0;
  let stopped = false;
  const run = async () => {
    while (!stopped) {
      await fn.callAsync([calls]);
      calls += 1;
    }
  };
  const ended = run();
  return {
    calls: () => calls,
    stop: () => {
      stopped = true;
      return ended;
    },
  };
}

describe('while quick calls follow one another', () => {
  it.each(['timers', 'immediates', 'files', 'sockets'] as const)('%s have their turns', async (kind) => {
    const { calls, stop } = chain(make().eval<JsFunction>('(n) => n + 1'));
    let turns = 0;
    const turn: Record<typeof kind, () => Promise<unknown>> = {
      timers: () => new Promise((resolve) => setTimeout(resolve, 1)),
      immediates: () => new Promise((resolve) => setImmediate(resolve)),
      files: () => readFile(import.meta.filename),
      sockets: () => echo(),
    };
    for (; turns < 50 || calls() === 0; turns++) await turn[kind]();
    const between = calls();
    await until(() => calls() > between, 'calls to go on');
    await stop();
  });

  it('guests that call the host have theirs too', async () => {
    const runtime = make();
    runtime.bindFunction('next', async (n: number) => n + 1);
    const fn = runtime.eval<JsFunction>('async (n) => { for (let i = 0; i < 50; i++) n = await next(n); return n }');
    const other = chain(make().eval<JsFunction>('(n) => n + 1'));
    expect(await Promise.all([fn.callAsync([0]), fn.callAsync([100])])).toEqual([50, 150]);
    await other.stop();
  });

  it('an answer that takes long is not missed', async () => {
    const runtime = make();
    const wait = deferred<number>();
    runtime.bindFunction('wait', () => wait.promise);
    const { stop } = chain(make().eval<JsFunction>('(n) => n + 1'));
    const slow = runtime.evalAsync('wait()');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await stop();
    setTimeout(() => wait.resolve(5), 30);
    expect(await slow).toBe(5);
  });
});

async function echo(): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  socket.write('x');
  await once(socket, 'data');
  socket.destroy();
  server.close();
  await once(server, 'close');
}

describe('a synchronous call in a host function', () => {
  it('finds the host calls that wait beside its own', async () => {
    const a = make({ timeout: 5000 });
    const b = make({ timeout: 5000 });
    a.bindFunction('ask', () => b.eval('40 + 2'));
    b.bindFunction('answer', () => 'answered');
    for (let i = 0; i < 20; i++) {
      const both = Promise.all([a.evalAsync('ask()'), b.evalAsync('answer()')]);
      // Both wait for the event loop when it comes back.
      for (const end = Date.now() + 5; Date.now() < end; );
      expect(await both).toEqual([42, 'answered']);
    }
  });
});
