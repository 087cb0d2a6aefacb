import { EventEmitter } from 'node:events';
import { ReadableStream } from 'node:stream/web';
import { inspect } from 'node:util';
import { type JsFunction, Runtime, RuntimeClosedError, type RuntimeOptions } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

interface Subject {
  runtime: Runtime;
  fn: JsFunction;
  /** Settles when the work that keeps the runtime busy has ended; never rejects. */
  work: Promise<unknown>;
}

const heap: RuntimeOptions = { maxHeapSize: 16 * 1024 * 1024, timeout: 20_000 };
const grow = 'const keep = []; for (;;) keep.push(new Array(1000).fill({}));';

/** How a runtime gets into each state. */
const states: Record<string, () => Promise<Subject>> = {
  idle: async () => subject({}),
  busy: async () => {
    const made = subject({});
    return { ...made, work: failure(() => made.runtime.evalAsync('for (;;);', { timeout: 150 })) };
  },
  pending: async () => {
    const made = subject({});
    return { ...made, work: failure(() => made.runtime.evalAsync('new Promise(() => {})', { timeout: 150 })) };
  },
  'timed out (sync)': async () => {
    const made = subject({});
    expect(await failure(() => made.runtime.eval('for (;;);', { timeout: 30 }))).toMatchObject({
      name: 'TimeoutError',
    });
    return made;
  },
  'timed out (async)': async () => {
    const made = subject({});
    const error = await failure(() => made.runtime.evalAsync('for (;;);', { timeout: 30 }));
    expect(error).toMatchObject({ name: 'TimeoutError' });
    return made;
  },
  'out of memory (sync)': async () => {
    const made = subject(heap);
    expect(await failure(() => made.runtime.eval(grow))).toMatchObject({ name: 'HeapLimitError' });
    return made;
  },
  'out of memory (async)': async () => {
    const made = subject(heap);
    expect(await failure(() => made.runtime.evalAsync(grow))).toMatchObject({ name: 'HeapLimitError' });
    return made;
  },
  terminated: async () => {
    const made = subject({});
    made.runtime.terminate('by test');
    return made;
  },
  closed: async () => {
    const made = subject({});
    made.runtime.close();
    return made;
  },
};

function subject(options: RuntimeOptions): Subject {
  const runtime = make({ ...options, streams: true });
  return { runtime, fn: runtime.eval<JsFunction>('(n) => n + 1'), work: Promise.resolve() };
}

/** Every public method, and what it gives on a runtime that is usable (`terminated`: also on one that was ended). */
const operations: Record<
  string,
  { run: (subject: Subject) => unknown; value?: unknown; always?: boolean; terminated?: boolean }
> = {
  eval: { run: ({ runtime }) => runtime.eval('6 * 7'), value: 42 },
  evalAsync: { run: ({ runtime }) => runtime.evalAsync('6 * 7'), value: 42 },
  bindFunction: { run: ({ runtime }) => runtime.bindFunction('bound', () => 5) },
  bindObject: { run: ({ runtime }) => runtime.bindObject('object', { a: 1 }) },
  addModule: { run: ({ runtime }) => runtime.addModule('m', 'export default 1;') },
  setModuleResolver: { run: ({ runtime }) => runtime.setModuleResolver(null) },
  setModuleLoader: { run: ({ runtime }) => runtime.setModuleLoader((url) => `export default '${url}';`) },
  evalModule: {
    run: ({ runtime }) => {
      runtime.addModule('m', 'export default 1;');
      return runtime.evalModule('m')['default'];
    },
    value: 1,
  },
  evalModuleAsync: {
    run: async ({ runtime }) => {
      runtime.addModule('m', 'export default await 2;');
      return (await runtime.evalModuleAsync('m'))['default'];
    },
    value: 2,
  },
  unbind: { run: ({ runtime }) => runtime.unbind('missing'), value: false },
  getStats: { run: ({ runtime }) => typeof runtime.getStats().heapUsedBytes, value: 'number', terminated: true },
  createStream: {
    // Makes a stream of the host's; the guest is not asked.
    run: ({ runtime }) => runtime.createStream(new ReadableStream()).locked,
    value: false,
    always: true,
  },
  'call a function': { run: ({ fn }) => fn(1), value: 2 },
  callAsync: { run: ({ fn }) => fn.callAsync([1]), value: 2 },
  release: { run: ({ fn }) => fn.release(), always: true },
  name: { run: ({ runtime }) => typeof runtime.name, value: 'string', always: true },
  inspect: { run: ({ runtime }) => inspect(runtime).startsWith('Runtime '), value: true, always: true },
  terminate: { run: ({ runtime }) => runtime.terminate(), always: true },
  close: { run: ({ runtime }) => runtime.close(), always: true },
  closeAsync: { run: ({ runtime }) => runtime.closeAsync(), always: true },
  'closeAsync with drain': { run: ({ runtime }) => runtime.closeAsync({ drain: true, timeout: 1000 }), always: true },
  dispose: { run: ({ runtime }) => runtime[Symbol.dispose](), always: true },
  asyncDispose: { run: ({ runtime }) => runtime[Symbol.asyncDispose](), always: true },
};

/** Members that the matrix covers under another name, or that say which state it is. */
const covered: Record<string, string> = {
  constructor: 'the states',
  closed: 'says so',
  state: 'says so',
  terminationReason: 'says so',
  [String(Symbol.dispose)]: 'dispose',
  [String(Symbol.asyncDispose)]: 'asyncDispose',
  [String(inspect.custom)]: 'inspect',
};

/** A class and those of ours that it extends. */
function* classesOf(most: typeof Runtime) {
  for (let at = most; at !== (EventEmitter as unknown); at = Object.getPrototypeOf(at)) yield at;
}

describe('the matrix', () => {
  it('has every public member of a runtime and of a guest function', () => {
    const { fn } = subject({});
    const members = [
      ...[...classesOf(Runtime)].flatMap((made) => Reflect.ownKeys(made.prototype)),
      ...Reflect.ownKeys(Object.getPrototypeOf(fn)).filter((key) => key !== 'released' && key !== Symbol.toStringTag),
    ].map(String);
    expect(members.length).toBeGreaterThan(20);
    const missing = members.filter((name) => !(name in operations) && !(name in covered));
    expect(missing).toEqual([]);
    const known = new Set([...members, 'call a function', 'closeAsync with drain', ...Object.values(covered)]);
    expect(Object.keys(operations).filter((name) => !known.has(name))).toEqual([]);
  });
});

const ended: Record<string, string> = {
  'out of memory (sync)': 'heap limit',
  'out of memory (async)': 'heap limit',
  terminated: 'by test',
};

describe.each(Object.keys(states))('a runtime that is %s', (state) => {
  it('says so', async () => {
    const made = await (states[state] as () => Promise<Subject>)();
    const expected = state === 'closed' ? 'closed' : state in ended ? 'terminated' : 'open';
    expect(made.runtime.state).toBe(expected);
    expect(made.runtime.closed).toBe(expected !== 'open');
    expect(made.runtime.terminationReason).toBe(ended[state]);
    await made.work;
  });

  it.each(Object.keys(operations))('%s', async (name) => {
    const made = await (states[state] as () => Promise<Subject>)();
    const operation = operations[name] as (typeof operations)[string];
    const run = (): unknown => operation.run(made);
    const works =
      operation.always || (operation.terminated ? state !== 'closed' : !(state === 'closed' || state in ended));
    if (works) {
      expect(await run()).toBe(operation.value);
    } else {
      const error = await failure(run);
      if (state === 'closed') expect(error).toBeInstanceOf(RuntimeClosedError);
      else expect(error).toMatchObject({ reason: ended[state] });
      expect(error.message.length).toBeGreaterThan(10);
    }
    await made.work;
    if (operation.always && made.runtime.state !== 'open') return;
    // Whatever was done, the runtime still does what its state says.
    if (made.runtime.state === 'open') expect(made.runtime.eval('1 + 1')).toBe(2);
    else expect(() => made.runtime.eval('1 + 1')).toThrow();
  });
});
