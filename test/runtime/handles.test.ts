import { type JsFunction, RuntimeTerminatedError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { coreOf } from '../../lib/runtime/runtime.ts';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe('handles in what nobody receives', () => {
  const error = 'Object.assign(new Error("e"), { fn: () => 1, deep: [() => 2] })';

  it('L-C9, F045: what a call throws after its time is given back', async () => {
    const runtime = make();
    const wait = deferred<number>();
    runtime.bindFunction('wait', () => wait.promise);
    for (const code of [
      `(async () => { await wait(); throw ${error} })()`,
      `(async () => { await wait(); return { fn: () => 1 } })()`,
    ]) {
      expect(await failure(() => runtime.evalAsync(code, { timeout: 30 }))).toBeInstanceOf(TimeoutError);
    }
    wait.resolve(1);
    await runtime.evalAsync('1');
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handles to go');
  });

  it('F045: what a synchronous call throws when its caller has left is given back', async () => {
    const runtime = make();
    // Cannot be stopped while it sorts natively, so that the caller leaves first.
    const slow = `const list = Array.from({ length: 3e6 }, Math.random); list.sort(); throw ${error}`;
    await failure(() => runtime.eval(slow, { timeout: 20 }));
    await runtime.evalAsync('1');
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handles to go');
  });

  it('F045: an error that nobody reads is given back with its functions', async () => {
    const runtime = make();
    runtime.bindFunction('f', () => 1);
    for (let i = 0; i < 50; i++) {
      // What is thrown is released as soon as the error is collected, or here by hand.
      const { thrown } = (await failure(() => runtime.eval(`throw ${error}`))) as unknown as {
        thrown: { fn: JsFunction; deep: JsFunction[] };
      };
      thrown.fn.release();
      thrown.deep[0]?.release();
    }
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handles to go');
  });

  it('F047: host functions of an answer that comes too late are forgotten', async () => {
    const runtime = make();
    const wait = deferred<unknown>();
    runtime.bindFunction('wait', () => wait.promise);
    const { hostFunctions } = coreOf(runtime);
    const before = hostFunctions.size;
    expect(await failure(() => runtime.evalAsync('wait()', { timeout: 30 }))).toBeInstanceOf(TimeoutError);
    const kept = runtime.eval<JsFunction>('globalThis.kept = () => 5');
    // Also a guest function on its way home: it is not counted and must not be released.
    wait.resolve({ fn: () => 1, kept });
    await runtime.evalAsync('1');
    await until(() => hostFunctions.size === before, 'the function to be forgotten');
    expect(kept()).toBe(5);
  });

  it('F047: host functions in arguments that never arrived are forgotten', async () => {
    const runtime = make();
    const { hostFunctions } = coreOf(runtime);
    const handle = runtime.eval<JsFunction>('(f) => 1');
    const before = hostFunctions.size;
    const busy = runtime.evalAsync('const until = Date.now() + 150; while (Date.now() < until);');
    const queued = await failure(() => handle.callAsync([() => 1, { deep: [() => 2] }], { timeout: 30 }));
    expect(queued).toMatchObject({ phase: 'queued' });
    await busy;
    await runtime.evalAsync('1');
    await until(() => hostFunctions.size === before, 'the functions to be forgotten');
  });

  it('F045: promises that reject with functions nobody asked for', async () => {
    const runtime = make();
    const errors: Error[] = [];
    runtime.on('unhandledRejection', (thrown) => errors.push(thrown));
    await runtime.evalAsync(`Promise.reject(${error}); 1`);
    await until(() => errors.length === 1, 'the event');
    const thrown = (errors[0] as unknown as { thrown: { fn: JsFunction; deep: JsFunction[] } }).thrown;
    thrown.fn.release();
    thrown.deep[0]?.release();
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handles to go');
  });
});

describe('a call that is lost with another', () => {
  it('F030c, L-C3: says that it was dropped, and the runtime goes on', async () => {
    const runtime = make();
    const wait = deferred<number>();
    runtime.bindFunction('wait', () => wait.promise);
    const culprit = failure(() => runtime.evalAsync('(gate = wait()).then(() => { for (;;); })', { timeout: 150 }));
    const victim = failure(() => runtime.evalAsync('gate.then(() => 1).then(() => 2)'));
    await until(() => runtime.getStats().activeHostCalls === 1, 'the host call');
    await runtime.evalAsync('1');
    wait.resolve(1);
    const [stopped, dropped] = await Promise.all([culprit, victim]);
    expect(stopped).toBeInstanceOf(TimeoutError);
    expect(dropped).toBeInstanceOf(RuntimeTerminatedError);
    expect(dropped).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'call dropped' });
    expect(dropped.message).toMatch(/^The call was dropped: .* The runtime goes on; call again\.$/);
    expect(runtime.closed).toBe(false);
    expect(await runtime.evalAsync('Promise.resolve(3)')).toBe(3);
  });
});

describe('a value with very many handles', () => {
  it('is refused in both directions, and every handle is given back', async () => {
    const runtime = make({ bootstrap: 'const list = (n) => Array.from({ length: n }, () => () => n)' });
    let got = 0;
    runtime.bindFunction('take', (values: unknown[]) => (got = values.length));
    for (const run of [() => runtime.eval('list(10001)'), () => runtime.evalAsync('list(10001)')]) {
      expect(await failure(run)).toMatchObject({
        code: 'ERR_ISOLET_TRANSFER',
        message: expect.stringContaining('more than 10000 functions, promises and streams'),
      });
    }
    expect(runtime.eval('try { take(list(10001)) } catch (e) { e.name }')).toBe('RangeError');
    expect(
      await failure(() => runtime.bindObject('many', { list: Array.from({ length: 10_001 }, () => () => 1) })),
    ).toMatchObject({
      code: 'ERR_ISOLET_TRANSFER',
    });
    expect(got).toBe(0);
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handles to go');
    const most = runtime.eval<JsFunction[]>('list(10000)');
    expect(most).toHaveLength(10_000);
    expect(most.at(-1)?.()).toBe(10_000);
  });
});
