import { getProcessStats } from 'isolet';
import { expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

it('a loop that a host promise wakes is stopped, told of, and not woken again', async () => {
  const runtime = make({ timeout: 100 });
  const heard: unknown[] = [];
  runtime.on('unhandledRejection', (error) => heard.push((error as { code?: unknown }).code));
  runtime.bindFunction('later', later);
  expect(await runtime.evalAsync('(function f(n) { later(1).then(() => f(n + 1)); if (n > 0) for (;;); })(0); 1')).toBe(
    1,
  );
  await until(() => heard.length > 0, 'the report of the loop');
  expect(heard).toEqual(['ERR_ISOLET_TIMEOUT']);
  expect(await runtime.evalAsync('1 + 1')).toBe(2);
});

it('loops that V8 itself wakes again and again end the runtime', async () => {
  const runtime = make({ timeout: 300 });
  await runtime.evalAsync(`
    const cell = new Int32Array(new SharedArrayBuffer(8));
    const wait = () => { const { value } = Atomics.waitAsync(cell, 0, 0); value.then(loop); Atomics.notify(cell, 0); };
    const loop = () => { wait(); for (;;); };
    wait(); 1`);
  await until(() => runtime.closed, 'the end of the runtime');
  expect(runtime.terminationReason).toBe('what its calls left behind used too much time');
  expect(await failure(() => runtime.evalAsync('1'))).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
});

it('work that calls left behind and that takes a small part of a processor goes on', async () => {
  // Processor time: a tick that waits for its turn on a busy machine is not its own fault.
  const runtime = make({ cpuTimeout: 20, maxTimers: 10 });
  let ticks = 0;
  runtime.bindFunction('tick', () => void ticks++);
  await runtime.evalAsync('setInterval(() => { let n = 0; for (let i = 0; i < 2e4; i++) n += i; tick(n); }, 5); 1');
  await until(() => ticks > 200, 'two hundred ticks');
  expect(runtime.closed).toBe(false);
});

it('the limit of a call holds for what it leaves behind, also when a call without limits comes next', async () => {
  const runtime = make();
  const heard: unknown[] = [];
  runtime.on('unhandledRejection', (error) => heard.push((error as { kind?: unknown }).kind));
  runtime.bindFunction('later', later);
  await runtime.evalAsync('later(20).then(() => { for (;;); }); 1', { cpuTimeout: 50 });
  await runtime.evalAsync('2');
  await until(() => heard.length > 0, 'the report of the loop');
  expect(heard).toEqual(['cpu']);
});

it('a call that waits for its turn does not lend its limit to the code it waits for', async () => {
  const runtime = make({ timeout: 100 });
  runtime.bindFunction('later', later);
  await runtime.evalAsync('later(1).then(() => { for (;;); }); 1');
  await later(30);
  expect(await runtime.evalAsync('2', { timeout: 20_000 })).toBe(2);
});

it('processor time of V8’s own tasks counts for the call that waits for them', async () => {
  const runtime = make();
  const error = await failure(() =>
    runtime.evalAsync(
      `(async () => {
        const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
        for (;;) { await WebAssembly.compile(bytes); const t = Date.now(); while (Date.now() - t < 20); }
      })()`,
      { cpuTimeout: 100, timeout: 20_000 },
    ),
  );
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'cpu' });
});

it('a guest promise that the host holds fails when a stop threw away what it waits for', async () => {
  const runtime = make({ timeout: 100 });
  runtime.bindFunction('later', later);
  const { promise } = runtime.eval<{ promise: Promise<unknown> }>(
    '({ promise: (async () => { await later(5); for (;;); })() })',
  );
  expect(await failure(() => promise)).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'call dropped' });
  expect(runtime.eval('1 + 1')).toBe(2);
});

it.each([
  ['throw { get message() { for (;;); } }'],
  ['throw Object.assign(new Error("x"), { get cause() { for (;;); } })'],
  ['Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")'],
  ['Promise.reject({ get message() { for (;;); } })'],
])('an abort ends what is being read of an error: %s', async (code) => {
  const runtime = make();
  const before = getProcessStats().lostIsolates;
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  expect((await failure(() => runtime.evalAsync(code, { signal: controller.signal }))).name).toBe('AbortError');
  expect(await runtime.evalAsync('1 + 1')).toBe(2);
  expect(getProcessStats().lostIsolates).toBe(before);
});

it('a call that a host function makes has what is left of the call it serves', async () => {
  const runtime = make();
  runtime.bindFunction('call', (fn: () => unknown) => fn());
  const error = await failure(() => runtime.evalAsync('call(() => { for (;;); })', { timeout: 100 }));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
  expect(await runtime.evalAsync('1 + 1')).toBe(2);
});

it('so has one that begins when the call it serves is over', async () => {
  const runtime = make();
  runtime.bindFunction('call', (fn: () => unknown) => {
    const until = performance.now() + 150;
    while (performance.now() < until);
    return fn();
  });
  expect(await failure(() => runtime.evalAsync('call(() => { for (;;); })', { timeout: 50 }))).toMatchObject({
    code: 'ERR_ISOLET_TIMEOUT',
  });
  expect(await runtime.evalAsync('1 + 1')).toBe(2);
});
