import { describe, expect, it } from 'vitest';
import { expectEnd, program, switchesAtExit } from './support.ts';

const cjs = `const { Runtime, RuntimePool, ServerlessRuntime, getProcessStats } = require('isolet');\n`;
const inFunction = (body: string): string => `${cjs}(async () => { ${body} })();`;

/** Programs that keep what they made in a global, so that nothing is collected before the end. */
const lives: Record<string, string> = {
  'the package was only loaded': '',
  'a runtime was made': 'globalThis.r = new Runtime();',
  'a runtime was made off the event loop': 'globalThis.r = await Runtime.create();',
  'it evaluated': `globalThis.r = new Runtime(); r.eval('1 + 1');`,
  'a pending evalAsync settled': `globalThis.r = new Runtime();
    r.bindFunction('later', () => new Promise((resolve) => setTimeout(resolve, 20)));
    await r.evalAsync('later()');`,
  'a guest ran into its timeout': `globalThis.r = new Runtime({ timeout: 30 });
    try { r.eval('for (;;);'); } catch (e) { if (e.code !== 'ERR_ISOLET_TIMEOUT') throw e; }
    await r.evalAsync('for (;;);').then(() => { throw new Error('ended'); }, (e) => {
      if (e.code !== 'ERR_ISOLET_TIMEOUT') throw e;
    });`,
  'a guest was ended by its heap limit': `globalThis.r = new Runtime({ maxHeapSize: 16 * 2 ** 20 });
    await r.evalAsync('const a = []; for (;;) a.push(new Array(1000).fill({}));').then(
      () => { throw new Error('ended'); },
      (e) => { if (e.code !== 'ERR_ISOLET_HEAP_LIMIT') throw e; });`,
  'a guest was ended by its heap limit in a synchronous call': `globalThis.r = new Runtime({ maxHeapSize: 16 * 2 ** 20 });
    try { r.eval('const a = []; for (;;) a.push(new Array(1000).fill({}));'); throw new Error('ended'); } catch (e) {
      if (e.code !== 'ERR_ISOLET_HEAP_LIMIT') throw e;
    }`,
  'functions are bound and were called': `globalThis.r = new Runtime();
    r.bindFunction('f', (n) => n + 1);
    r.bindObject('o', { deep: { g: async () => 2 } });
    if (r.eval('f(1)') !== 2 || (await r.evalAsync('o.deep.g()')) !== 2) throw new Error('wrong');`,
  'a JsFunction is held': `globalThis.f = new Runtime().eval('(n) => n * 2'); if (f(2) !== 4) throw new Error('wrong');`,
  'a promise of the guest is held': `globalThis.r = new Runtime(); globalThis.p = r.eval('new Promise(() => {})');`,
  'an endless synchronous microtask loop was stopped': `globalThis.r = new Runtime({ timeout: 30 });
    try { r.eval('(async () => { for (;;) await 0; })()'); } catch (e) { if (e.code !== 'ERR_ISOLET_TIMEOUT') throw e; }`,
  'it was closed': `const r = (globalThis.r = new Runtime()); r.eval('1'); r.close();`,
  'it was closed asynchronously': `const r = (globalThis.r = new Runtime()); r.eval('1'); await r.closeAsync();`,
  'close() was called without waiting, while the guest was busy': `const r = (globalThis.r = new Runtime());
    r.evalAsync('for (;;);').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    r.close();`,
  'it was closed in a program that keeps track of async contexts': `const { AsyncLocalStorage } = require('node:async_hooks');
    const store = new AsyncLocalStorage();
    const r = (globalThis.r = new Runtime());
    if ((await store.run(5, () => r.evalAsync('1'))) !== 1) throw new Error('wrong');
    r.close();`,
  'it was terminated': `const r = (globalThis.r = new Runtime()); r.eval('1'); r.terminate();`,
  'it was terminated while busy': `const r = (globalThis.r = new Runtime());
    r.evalAsync('for (;;);').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    r.terminate();`,
  'many runtimes are open': `globalThis.all = Array.from({ length: 20 }, () => new Runtime());
    for (const r of all) r.eval('globalThis.x = [1]');`,
  'a guest uses timers that are not due': `globalThis.r = new Runtime({ maxTimers: 10 });
    r.eval('typeof setTimeout === "function" && setTimeout(() => {}, 1e8)');`,
  'a pool is open and warm': `globalThis.pool = new RuntimePool({ n: () => 1 });
    await pool.invoke({ tenantId: 'a', name: 'f', code: 'async (e) => e + n()' }, 1);`,
  'a serverless runtime is open and deployed': `globalThis.s = new ServerlessRuntime({ n: () => 1 });
    await s.deploy({ tenantId: 'a', name: 'f', code: 'async (e) => e + n()' });
    await s.invoke('a', 'f', 1);`,
};

describe('Node ends by itself, with code 0, after', () => {
  it.each(Object.entries(lives))('%s', async (_name, body) => {
    expectEnd(await program(inFunction(`${body} console.log('done');`)), 'done\n');
  });
});

describe('Node ends at once when the program asks, after', () => {
  it.each(Object.entries(lives))('%s', async (_name, body) => {
    expectEnd(await program(inFunction(`${body} console.log('done'); process.exit(7);`)), 'done\n', 7);
  });
});

describe('process.exit()', () => {
  it.each([
    ['while Runtime.create is pending', `Runtime.create(); process.exit(7);`],
    ['a moment into Runtime.create', `Runtime.create(); setImmediate(() => process.exit(7));`],
    [
      'while a guest is busy off the event loop',
      `new Runtime().evalAsync('for (;;);'); setTimeout(() => process.exit(7), 30);`,
    ],
    [
      'while many guests are busy',
      `for (let i = 0; i < 8; i++) new Runtime().evalAsync('for (;;);'); setTimeout(() => process.exit(7), 30);`,
    ],
    ['in a host function of a synchronous call', `const r = new Runtime(); exit(r); r.eval('exit()');`],
    [
      'in a host function of a call in place',
      `const r = new Runtime({ syncCalls: 'inPlace' }); exit(r); r.eval('exit()');`,
    ],
    ['in a host function of a call off the event loop', `const r = new Runtime(); exit(r); r.evalAsync('exit()');`],
    [
      'in a host function of a host function',
      `const r = new Runtime(); exit(r); r.bindFunction('again', () => r.eval('exit()')); r.eval('again()');`,
    ],
    [
      'in an async host function, after an await',
      `const r = new Runtime();
       r.bindFunction('later', async () => { await null; process.exit(7); });
       r.evalAsync('later()');`,
    ],
    [
      'while a host function is pending',
      `const r = new Runtime();
       r.bindFunction('never', () => new Promise(() => setTimeout(() => process.exit(7), 20)));
       r.evalAsync('never()');`,
    ],
    ['in a JsFunction that calls home', `const r = new Runtime(); exit(r); r.eval('() => exit()')();`],
    [
      'during closeAsync',
      `const r = new Runtime(); r.evalAsync('for (;;);').catch(() => {}); r.closeAsync(); process.exit(7);`,
    ],
    [
      'while a guest fills its heap',
      `new Runtime({ maxHeapSize: 256 * 2 ** 20 }).evalAsync('const a = []; for (;;) a.push({});').catch(() => {});
       setTimeout(() => process.exit(7), 60);`,
    ],
    [
      'in a getter of an argument while it crosses',
      `const f = new Runtime().eval('(x) => x'); f({ get now() { process.exit(7); } });`,
    ],
    [
      "in the 'exit' handler's own runtime",
      `process.on('exit', () => { if (new Runtime().eval('6 + 1') === 7) process.exitCode = 7; });`,
    ],
  ])('%s', async (_name, body) => {
    const exit = `const exit = (r) => r.bindFunction('exit', () => process.exit(7));`;
    expectEnd(await program(inFunction(`${exit} ${body}`)), '', 7);
  });
});

describe.runIf(process.platform === 'linux')('process.exit() waits for nothing that can not come', () => {
  it.each(['guarded', 'inPlace'])('in a host function of a synchronous call, %s', async (syncCalls) => {
    const { before, after } = await switchesAtExit(
      `${cjs}const r = new Runtime({ syncCalls: '${syncCalls}' });
      r.bindFunction('exit', () => { require('node:fs').writeSync(1, 'now'); process.exit(7); });
      r.eval('exit()');`,
    );
    // Two seconds of looking whether a guest has gone are ten thousand.
    expect(after - before).toBeLessThan(150);
  });
});

describe('an uncaught exception of the host', () => {
  it.each([
    ['beside an open runtime', `globalThis.r = new Runtime(); r.eval('1'); throw new Error('host mistake');`],
    [
      'while a guest is busy',
      `new Runtime().evalAsync('for (;;);'); setTimeout(() => { throw new Error('host mistake'); }, 20);`,
    ],
    ['that came out of the guest', `new Runtime().eval('throw new Error("host mistake")');`],
    [
      'that went through the guest',
      `const r = new Runtime(); r.bindFunction('f', () => { throw new Error('host mistake'); }); r.eval('f()');`,
    ],
  ])('ends Node with code 1, %s', async (_name, body) => {
    const ended = await program(`${cjs}${body}`);
    expect(ended.stderr).toContain('host mistake');
    expect({ ...ended, stderr: '' }).toEqual({ code: 1, signal: null, stdout: '', stderr: '', hung: false });
  });

  it('is survived when the host handles it', async () => {
    const source = `${cjs}
      process.on('uncaughtException', (e) => console.log(e.message, r.eval('2')));
      const r = new Runtime();
      setTimeout(() => r.eval('throw new Error("x")'), 1);`;
    expectEnd(await program(source), 'x 2\n');
  });
});

describe('what keeps Node alive', () => {
  it.each([
    [
      'a host function that will answer',
      `const r = new Runtime();
       r.bindFunction('wait', () => new Promise((resolve) => setTimeout(() => resolve('settled'), 50)));
       r.evalAsync('wait()').then(console.log);`,
    ],
    [
      'a busy guest',
      `globalThis.r = new Runtime(); r.evalAsync('for (let i = 0; i < 3e7; i++); "settled"').then(console.log);`,
    ],
    ['a runtime being made', `Runtime.create().then((r) => console.log((globalThis.r = r).eval('"settled"')));`],
    [
      'a guest that runs into its timeout',
      `globalThis.r = new Runtime({ timeout: 60 });
        r.evalAsync('new Promise(() => {})').catch(() => console.log('settled'));`,
    ],
    ['closeAsync', `const r = new Runtime(); r.eval('1'); r.closeAsync().then(() => console.log('settled'));`],
    [
      'an invocation of a pool',
      `new RuntimePool({}).invoke({ tenantId: 'a', name: 'f', code: 'async () => "settled"' }).then(console.log);`,
    ],
  ])('%s', async (_name, body) => {
    expectEnd(await program(`${cjs}${body}`), 'settled\n');
  });

  it('not an idle runtime, whatever ran in it before', async () => {
    const source = inFunction(`
      globalThis.r = new Runtime({ console: () => {} });
      r.on('close', () => {}).on('terminated', () => {});
      for (let i = 0; i < 50; i++) await r.evalAsync('new Promise((y) => y(1)).then((n) => n + 1)');
      const begin = performance.now();
      process.on('exit', () => console.log(performance.now() - begin < 2000));`);
    expectEnd(await program(source), 'true\n');
  });
});

describe('the ways to load the package', () => {
  const body = `const r = new Runtime(); console.log(r.eval('40 + 2')); r.close();`;

  it('require', async () => {
    expectEnd(await program(`${cjs}${body}`), '42\n');
  });

  it('import', async () => {
    const source = `import { Runtime } from 'isolet'; ${body}`;
    expectEnd(await program('', { args: ['--input-type=module', '--eval', source] }), '42\n');
  });

  it('both in one process are the same package', async () => {
    const source = inFunction(`
      const esm = await import('isolet');
      const runtime = new esm.Runtime();
      console.log(runtime instanceof Runtime, runtime.eval('42'), getProcessStats().liveIsolates);
      runtime.close();`);
    expectEnd(await program(source), 'true 42 1\n');
  });

  it('no flag of Node is needed, and none is set', async () => {
    const source = `${cjs}
      const flags = () => JSON.stringify([process.execArgv, process.env.NODE_OPTIONS]);
      const before = flags();
      globalThis.r = new Runtime();
      r.eval('1');
      console.log(before, before === flags());`;
    expectEnd(await program(source), '[[],""] true\n');
  });
});
