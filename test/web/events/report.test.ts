import type { Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { until } from '../../runtime/support.ts';
import { useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

function listening(options = {}): { runtime: Runtime; heard: string[] } {
  const runtime = make(options);
  const heard: string[] = [];
  runtime.on('unhandledRejection', (error) => heard.push(error.message));
  return { runtime, heard };
}

/** Events arrive in order: when this one has, those before have too. */
async function marked(runtime: Runtime, heard: string[]): Promise<string[]> {
  runtime.eval('queueMicrotask(() => { throw new Error("mark") })');
  // A guest that cancels everything cancels the mark too.
  await until(() => heard.includes('mark'), 'the mark');
  return heard.filter((message) => message !== 'mark');
}

describe('exceptions that nobody catches', () => {
  it.each([
    ['reportError', 'reportError(new RangeError("lost"))'],
    ['a microtask', 'queueMicrotask(() => { throw new RangeError("lost") })'],
    [
      'a listener',
      `const t = new EventTarget(); t.addEventListener('x', () => { throw new RangeError("lost") });
      t.dispatchEvent(new Event('x'))`,
    ],
    [
      'a timer',
      'new Promise((done) => { setTimeout(() => { throw new RangeError("lost") }, 1); setTimeout(done, 5) })',
    ],
  ])('of %s are told to the guest, then to the host', async (_name, code) => {
    const { runtime, heard } = listening();
    runtime.eval(`globalThis.seen = [];
      addEventListener('error', (event) => { seen.push([event.constructor.name, event.isTrusted, event.cancelable,
        event.message, event.error instanceof RangeError, event.filename, event.lineno > 0]) }, { once: true })`);
    await runtime.evalAsync(code, { filename: 'user.js' });
    await until(() => heard.length === 1, 'the event');
    expect(heard).toEqual(['lost']);
    expect(await runtime.evalAsync('seen')).toEqual([
      ['ErrorEvent', true, true, 'Uncaught RangeError: lost', true, 'user.js', true],
    ]);
  });

  it('that a listener cancels are not told to the host', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`addEventListener('error', (event) => { if (event.error.message !== 'mark') event.preventDefault() });
      reportError(new Error('mine'))`);
    await runtime.evalAsync(`new Promise((done) => { setTimeout(() => { throw new Error('mine too') }, 1);
      setTimeout(done, 5) })`);
    expect(await marked(runtime, heard)).toEqual([]);
  });

  it('go to onerror in parts, which cancels by answering true', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`globalThis.seen = [];
      onerror = (...parts) => { seen.push([parts.length, typeof parts[0], parts[4]]); return parts[4] === 5 };
      reportError(5); reportError('other')`);
    await until(() => heard.length === 1, 'the one that was not canceled');
    expect(runtime.eval('seen')).toEqual([
      [5, 'string', 5],
      [5, 'string', 'other'],
    ]);
    runtime.eval('onerror = null; reportError(new Error("second"))');
    await until(() => heard.length === 2, 'the second');
    expect(runtime.eval('[onerror, seen.length]')).toEqual([null, 2]);
  });

  it('of a listener of the event itself go to the host alone', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`globalThis.calls = 0;
      addEventListener('error', () => { calls++; throw new Error('again') }); reportError(new Error('first'))`);
    await until(() => heard.length === 2, 'both');
    expect(heard.sort()).toEqual(['again', 'first']);
    expect(runtime.eval('calls')).toBe(1);
  });

  it('reach the listeners again after a stop hit one of them', async () => {
    const { runtime } = listening();
    runtime.eval(`globalThis.calls = 0; globalThis.stuck = true;
      addEventListener('error', (event) => { calls++; event.preventDefault(); while (stuck); })`);
    expect(() => runtime.eval('reportError(new Error("x"))', { timeout: 100 })).toThrow(/time/i);
    runtime.eval('stuck = false; reportError(new Error("y"))');
    expect(runtime.eval('calls')).toBe(2);
  });

  it('that the caller hears of are told to nobody else', async () => {
    const { runtime, heard } = listening();
    runtime.eval('globalThis.calls = 0; addEventListener("error", () => { calls++ })');
    expect(() => runtime.eval('throw new Error("mine")')).toThrow('mine');
    await expect(runtime.evalAsync('Promise.reject(new Error("mine"))')).rejects.toThrow('mine');
    expect(runtime.eval('calls')).toBe(0);
    expect(await marked(runtime, heard)).toEqual([]);
  });
});

describe('rejections that nobody handles', () => {
  it('are told to the guest with promise and reason, then to the host', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`globalThis.seen = [];
      addEventListener('unhandledrejection', (event) => { seen.push([event.constructor.name, event.isTrusted,
        event.cancelable, event.promise === lost, event.reason.message, event.target === globalThis]) });
      globalThis.lost = Promise.reject(new Error('lost')); 0`);
    await until(() => heard.length === 1, 'the event');
    expect(runtime.eval('seen')).toEqual([['PromiseRejectionEvent', true, true, true, 'lost', true]]);
  });

  it('that a listener or the handler cancels are not told to the host', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`onunhandledrejection = (event) => event.reason.message !== 'mine'; Promise.reject(new Error('mine'));
      Promise.reject(new Error('other')); 0`);
    await until(() => heard.length === 1, 'the other');
    runtime.eval(`addEventListener('unhandledrejection', (event) => event.preventDefault());
      Promise.reject(new Error('third')); 0`);
    expect(await marked(runtime, heard)).toEqual(['other']);
  });

  it('that get a handler later are told of that, in a turn of its own', async () => {
    const { runtime } = listening();
    runtime.eval(`globalThis.seen = [];
      addEventListener('unhandledrejection', (event) => { seen.push('unhandled'); event.preventDefault() });
      addEventListener('rejectionhandled', (event) => seen.push(['handled', event.promise === lost, event.reason,
        event.cancelable]));
      globalThis.lost = Promise.reject('why'); 0`);
    expect(runtime.eval('lost.catch(() => {}); seen.length')).toBe(1);
    expect(runtime.eval('seen')).toEqual(['unhandled', ['handled', true, 'why', false]]);
  });

  it('with a handler in the same turn are none', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`globalThis.calls = 0; onunhandledrejection = onrejectionhandled = () => { calls++ };
      const p = Promise.reject(1); p.catch(() => {}); queueMicrotask(() => { Promise.reject(2).catch(() => {}) }); 0`);
    expect(runtime.eval('calls')).toBe(0);
    expect(await marked(runtime, heard)).toEqual([]);
  });

  it('of listeners are told too, and a guest that makes them without end ends at its limit', async () => {
    const { runtime, heard } = listening();
    runtime.eval(`let left = 3; addEventListener('unhandledrejection', () => { if (left-- > 0) Promise.reject(new Error('more')) });
      Promise.reject(new Error('first')); 0`);
    await until(() => heard.length === 4, 'all of them');
    runtime.eval(`addEventListener('unhandledrejection', (event) => { event.preventDefault(); Promise.reject(1) })`);
    expect(() => runtime.eval('Promise.reject(0); 0', { timeout: 200 })).toThrow(/time/i);
  });
});

it('a guest without listeners tells the host as it does without the web', async () => {
  const { runtime, heard } = listening();
  runtime.eval('Promise.reject(new Error("a")); queueMicrotask(() => { throw new Error("b") }); 0');
  await until(() => heard.length === 2, 'both');
  expect(heard.sort()).toEqual(['a', 'b']);
});
