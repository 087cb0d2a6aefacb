import { AsyncLocalStorage } from 'node:async_hooks';
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncHooksContextManager, AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Runtime, RuntimeOptions } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';
import { coreOf } from '../../lib/runtime/runtime.ts';
import { deferred, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const storage = new AsyncLocalStorage<string>();
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A runtime made and bound in the store 'made', with `see` (the guest waits) and `look` (it gets a promise). */
function seeing(options?: RuntimeOptions): { runtime: Runtime; seen: string[] } {
  const seen: string[] = [];
  const note = (what: unknown) => void seen.push(`${what}=${storage.getStore()}`);
  return storage.run('made', () => {
    const runtime = make({ maxTimers: 10, streams: true, ...options });
    runtime.bindFunction('see', note);
    runtime.bindFunction('look', async (what: unknown) => {
      note(what);
      await sleep(1);
      note(`${what} later`);
    });
    return { runtime, seen };
  });
}

describe('the store of whoever made the call', () => {
  it('is in every host function, before and after its awaits, of calls that take turns', async () => {
    const { runtime, seen } = seeing();
    const code = "(async () => { see(1); await look(2); see(3); await look(4); see(5); return 'done' })()";
    const calls = ['A', 'B', 'C'].map((store) =>
      storage.run(store, async () => {
        expect(await runtime.evalAsync(code)).toBe('done');
        expect(storage.getStore()).toBe(store);
      }),
    );
    await Promise.all(calls);
    const wanted = ['1', '2', '2 later', '3', '4', '4 later', '5'];
    for (const store of 'ABC') {
      expect(seen.filter((line) => line.endsWith(`=${store}`))).toEqual(wanted.map((step) => `${step}=${store}`));
    }
    expect(seen).toHaveLength(3 * wanted.length);
  });

  it('is none when the caller has none', async () => {
    const { runtime, seen } = seeing();
    await runtime.evalAsync('(async () => { see(1); await look(2) })()');
    expect(seen).toEqual(['1=undefined', '2=undefined', '2 later=undefined']);
  });

  it('is that of callAsync, not of who got the function or bound what it calls', async () => {
    const { runtime, seen } = seeing();
    const fn = storage.run('got', () =>
      runtime.eval<import('isolet').JsFunction>('async (cb) => { see(1); await 0; await cb(2) }'),
    );
    const callback = storage.run(
      'made callback',
      () => async (what: unknown) => void seen.push(`${what}=${storage.getStore()}`),
    );
    await storage.run('called', () => fn.callAsync([callback]));
    expect(seen).toEqual(['1=called', '2=called']);
  });

  it('is there in resolvers and loaders, and in what the modules call', async () => {
    const { runtime, seen } = seeing();
    const note = (what: string) => void seen.push(`${what}=${storage.getStore()}`);
    storage.run('hooks', () => {
      runtime.setModuleResolver(async (specifier) => {
        await sleep(1);
        note('resolve');
        return specifier === 'app:b' ? 'app:c' : null;
      });
      runtime.setModuleLoader(async (url) => {
        note('load');
        await sleep(1);
        note('loaded');
        return url === 'app:a' ? "import 'app:b'; see('run'); await look('tla'); await import('app:d')" : "see('dep')";
      });
    });
    await storage.run('M', () => runtime.evalModuleAsync('app:a'));
    expect(seen.length).toBeGreaterThan(12);
    expect(seen.filter((line) => !line.endsWith('=M'))).toEqual([]);
  });

  it('is there in sources of streams that the guest reads, whichever call made them', async () => {
    const { runtime, seen } = seeing();
    const note = (what: unknown) => void seen.push(`${what}=${storage.getStore()}`);
    async function* numbers() {
      try {
        for (let i = 1; ; i++) {
          note(i);
          yield i;
        }
      } finally {
        note('cancelled');
      }
    }
    const read = runtime.eval<import('isolet').JsFunction>(
      '(async (stream) => { let n = 0; for await (const c of stream) { await look(-c); if (++n === 3) break } })',
    );
    const source = storage.run('made source', numbers);
    await storage.run('S', () => read.callAsync([source]));
    await until(() => seen.some((line) => line.startsWith('cancelled')), 'the source to be cancelled');
    expect(seen.filter((line) => !line.endsWith('=S'))).toEqual([]);
    expect(seen).toContain('3=S');
  });

  it('is that of the reader for a stream of the guest', async () => {
    const { runtime, seen } = seeing();
    const stream = await storage.run('asked', () =>
      runtime.evalAsync<AsyncIterable<number>>(
        'let n = 0; new ReadableStream({ async pull(c) { see("pull"); c.enqueue(n++); if (n === 3) c.close() } }, { highWaterMark: 0 })',
      ),
    );
    await storage.run('read', async () => {
      for await (const _ of stream);
    });
    expect(seen).toEqual(['pull=read', 'pull=read', 'pull=read']);
  });

  it('is there in timers of a call that still waits', async () => {
    const { runtime, seen } = seeing();
    await storage.run('T', () =>
      runtime.evalAsync('new Promise((done) => setTimeout(() => { see("timer"); done() }, 2))'),
    );
    expect(seen).toEqual(['timer=T']);
  });

  it('is that of the call that set them for timers, answered long ago or not', async () => {
    const { runtime, seen } = seeing();
    const interval = 'let n = 0; const i = setInterval(() => { see(n); if (++n === 3) clearInterval(i) }, 1)';
    storage.run('sync', () => runtime.eval(`setTimeout(() => { see('a'); setTimeout(() => see('b'), 1) }, 3); 1`));
    await storage.run('async', () => runtime.evalAsync(`${interval}; 1`));
    // More calls than are remembered without need.
    for (let i = 0; i < 40; i++) await storage.run('other', () => runtime.evalAsync('1'));
    await until(() => seen.length === 5, 'the timers to fire');
    expect(seen.sort()).toEqual(['0=async', '1=async', '2=async', 'a=sync', 'b=sync']);
    await runtime.evalAsync('1');
    expect(coreOf(runtime).calls.held).toBe(0);
  });

  it('is that of the call for what it left behind: open host calls, imports, reactions that another call sets off', async () => {
    const { runtime, seen } = seeing();
    const later = deferred<string>();
    runtime.setModuleLoader(() => later.promise.then(() => "see('import'); await look('in module')"));
    runtime.bindFunction('wait', () => later.promise);
    const code =
      "(async () => { await wait(); see(1); await look(2); see(3) })(); import('app:x').then(() => see('imported')); 1";
    storage.run('sync', () => runtime.eval(code.replaceAll('app:x', 'app:y')));
    await storage.run('async', () => runtime.evalAsync(code));
    for (let i = 0; i < 40; i++) await storage.run('other', () => runtime.evalAsync('1'));
    later.resolve('');
    await until(() => seen.length === 16, 'what was left to run');
    for (const store of ['sync', 'async']) {
      const own = seen.filter((line) => line.endsWith(`=${store}`)).map((line) => line.split('=')[0]);
      expect(own.sort()).toEqual(['1', '2', '2 later', '3', 'import', 'imported', 'in module', 'in module later']);
    }
    await runtime.evalAsync('1');
    expect(coreOf(runtime).calls.held).toBe(0);
    seen.length = 0;
    await storage.run('set up', () =>
      runtime.evalAsync('var go; new Promise((r) => { go = r }).then(() => see(1)); 1'),
    );
    await storage.run('set off', () => runtime.evalAsync('go(); 1'));
    expect(seen).toEqual(['1=set up']);
  });

  it('is there for console lines and unhandled rejections, of synchronous calls too', async () => {
    const seen: string[] = [];
    const note = (what: unknown) => void seen.push(`${what}=${storage.getStore()}`);
    const runtime = storage.run('made', () => make({ maxTimers: 4, console: (_level, args) => note(args[0]) }));
    runtime.on('console', (_level, args) => note(`event ${args[0]}`));
    runtime.on('unhandledRejection', (error) => note(error.message));
    const code = (name: string) => `console.log('${name}'); Promise.reject(new Error('${name} rejected')); 1`;
    storage.run('A', () => runtime.eval(code('sync')));
    await storage.run('B', () => runtime.evalAsync(code('async')));
    storage.run('C', () => runtime.eval("setTimeout(() => { console.log('timer'); throw new Error('thrown') }, 1); 1"));
    await until(() => seen.length === 9, 'all of it to arrive');
    expect(seen.sort()).toEqual(
      [
        'sync=A',
        'event sync=A',
        'sync rejected=A',
        'async=B',
        'event async=B',
        'async rejected=B',
        'timer=C',
        'event timer=C',
        'thrown=C',
      ].sort(),
    );
    await runtime.evalAsync('1');
    expect(coreOf(runtime).calls.held).toBe(0);
  });

  it('is let go with the call when nothing is left of it, and with the runtime', async () => {
    const gc = globalThis.gc as () => void;
    const objects = new AsyncLocalStorage<object>();
    const stores: WeakRef<object>[] = [];
    const runtime = make({ maxTimers: 4 });
    const run = (code: string): Promise<unknown> => {
      const store = {};
      stores.push(new WeakRef(store));
      return objects.run(store, () => runtime.evalAsync(code));
    };
    for (let i = 0; i < 60; i++) await run('1');
    const alive = () => {
      gc();
      return stores.filter((ref) => ref.deref() !== undefined).length;
    };
    await until(() => alive() < 30, 'most of the stores to be collected');
    await run('setTimeout(() => {}, 60_000); 1');
    expect(coreOf(runtime).calls.held).toBe(1);
    runtime.close();
    await until(() => alive() <= 1, 'the rest to be collected');
  });

  it('is there in synchronous calls, also of calls that are served while another waits', async () => {
    const { runtime, seen } = seeing();
    const other = seeing();
    const served = deferred();
    other.runtime.bindFunction('open', () => served.resolve());
    // Asks its host while this thread waits for the other runtime.
    const asking = storage.run('async', () => other.runtime.evalAsync('for (let i = 0; i < 300; i++) see(i); open()'));
    runtime.bindFunction('nested', () => other.runtime.eval('see("nested")'));
    for (let i = 0; i < 20; i++) storage.run('sync', () => runtime.eval('see("sync"); nested(); see("after")'));
    await Promise.all([asking, served.promise]);
    expect(new Set(seen)).toEqual(new Set(['sync=sync', 'after=sync']));
    const wrong = other.seen.filter((line) => !(line === 'nested=sync' || /^\d+=async$/.test(line)));
    expect(wrong).toEqual([]);
  });

  it('does not reach a call that somebody else makes in a host function of it', async () => {
    const { runtime, seen } = seeing();
    runtime.bindFunction('inner', () => storage.run('inner', () => runtime.evalAsync('see("inner")')));
    await storage.run('outer', () => runtime.evalAsync('(async () => { await inner(); see("outer") })()'));
    expect(seen).toEqual(['inner=inner', 'outer=outer']);
  });

  it('is not that of who happens to wait when nobody is known to have asked', async () => {
    const { runtime, seen } = seeing({ syncCalls: 'inPlace' });
    const idle = seeing();
    // A callback of the engine, on a runtime where no call runs.
    idle.runtime.eval('var registry = new FinalizationRegistry(() => see("collected"))');
    storage.run('sync', () => runtime.eval('see(1)'));
    expect(seen).toEqual(['1=sync']);
    expect(idle.seen).toEqual([]);
  });
});

describe.each([
  ['AsyncLocalStorageContextManager', AsyncLocalStorageContextManager],
  ['AsyncHooksContextManager', AsyncHooksContextManager],
])('OpenTelemetry with its %s', (_name, Manager) => {
  afterEach(() => context.disable());

  it('finds the active context in host functions, loaders and stream sources', async () => {
    const manager = new Manager().enable();
    context.setGlobalContextManager(manager);
    const key = createContextKey('request');
    const seen: string[] = [];
    const note = (what: unknown) => void seen.push(`${what}=${context.active().getValue(key)}`);
    const runtime = make({ streams: true });
    runtime.bindFunction('see', note);
    runtime.bindFunction('look', async (what: unknown) => {
      await sleep(1);
      note(what);
    });
    runtime.setModuleLoader(async () => {
      await sleep(1);
      note('load');
      return "see('module')";
    });
    const read = runtime.eval<import('isolet').JsFunction>(
      '(async (s) => { for await (const c of s) see(c); await look("end"); await import("app:x") })',
    );
    async function* source() {
      note('source');
      yield 'chunk';
    }
    const within = (request: string) =>
      context.with(ROOT_CONTEXT.setValue(key, request), async () => {
        await read.callAsync([source()]);
        note('then');
      });
    await within('first');
    await Promise.all([within('second'), within('third')]);
    const of = (request: string) =>
      seen.filter((line) => line.endsWith(`=${request}`)).map((line) => line.split('=')[0]);
    expect(of('first')).toEqual(['source', 'chunk', 'end', 'load', 'module', 'then']);
    for (const request of ['second', 'third']) expect(of(request)).toEqual(['source', 'chunk', 'end', 'then']);
    expect(seen).toHaveLength(14);
    manager.disable();
  });
});
