import { describe, expect, it } from 'vitest';
import { expectEnd, program } from './support.ts';

/**
 * The worker runs in a process of its own, so that a hang or a crash is that of one test. Its main thread prints every
 * step, so that the last line names the one that hung.
 */
function withWorkers(main: string, worker: string, { loadedInMain = false } = {}): string {
  const prelude = `const { parentPort } = require('node:worker_threads');
    const { Runtime, RuntimePool } = require('isolet');
    const ready = () => parentPort.postMessage('ready');
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    (async () => { ${worker} })();`;
  return `
    const { once } = require('node:events');
    const { Worker } = require('node:worker_threads');
    const step = (text) => require('node:fs').writeSync(1, text + '\\n');
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const start = () => new Worker(${JSON.stringify(prelude)}, { eval: true });
    ${loadedInMain ? `require('isolet').getProcessStats();` : ''}
    (async () => { ${main} })();`;
}

const stopWhenReady = `
  const worker = start();
  step('started');
  await once(worker, 'message');
  step('ready');
  step('terminated ' + (await worker.terminate()));`;
const stopped = 'started\nready\nterminated 1\n';
const stay = 'setInterval(() => {}, 1000);';

const places: [string, boolean][] = [
  ['the addon is only loaded in the worker', false],
  ['the main thread has the addon too', true],
];

describe.each(places)('a worker thread, when %s', (_name, loadedInMain) => {
  it.each([
    ['with an open runtime', `globalThis.r = new Runtime(); r.eval('1');`],
    ['with a closed runtime', `const r = new Runtime(); r.eval('1'); r.close();`],
    [
      'with a closed runtime and an async context',
      `const store = new (require('node:async_hooks').AsyncLocalStorage)();
       const r = new Runtime(); await store.run(1, () => r.evalAsync('1')); r.close();`,
    ],
    ['after pending work settled', `globalThis.r = new Runtime(); await r.evalAsync('Promise.resolve(1)');`],
    ['with an open pool', `await new RuntimePool({}).invoke({ tenantId: 'a', name: 'f', code: '() => 1' }, 1);`],
  ])('ends by itself %s', async (_what, body) => {
    const main = `const worker = start(); step('started'); step('exit ' + (await once(worker, 'exit'))[0]);`;
    expectEnd(await program(withWorkers(main, body, { loadedInMain })), 'started\nexit 0\n');
  });

  it.each([
    ['idle', `globalThis.r = new Runtime(); r.eval('1'); ready(); ${stay}`],
    ['busy off its thread', `new Runtime().evalAsync('for (;;);'); await sleep(20); ready(); ${stay}`],
    [
      'busy in a synchronous call',
      `const r = new Runtime({ timeout: 1500 }); r.bindFunction('ready', ready); r.eval('ready(); for (;;);');`,
    ],
    [
      'busy in several runtimes',
      `for (let i = 0; i < 4; i++) new Runtime().evalAsync('for (;;);'); await sleep(20); ready(); ${stay}`,
    ],
    [
      'waiting for a host function',
      `const r = new Runtime(); r.bindFunction('f', () => { ready(); return new Promise(() => {}); }); r.evalAsync('f()'); ${stay}`,
    ],
    [
      'in a host function that a guest off its thread waits for',
      `const r = new Runtime(); r.bindFunction('f', () => { ready(); for (;;); }); r.evalAsync('f()');`,
    ],
    [
      'in a host function of a synchronous call',
      `const r = new Runtime(); r.bindFunction('f', () => { ready(); for (;;); }); r.eval('f()');`,
    ],
    ['making a runtime', `Runtime.create(); ready(); ${stay}`],
    ['making many runtimes', `ready(); for (;;) { const r = await Runtime.create(); r.close(); }`],
    [
      'closing a busy runtime',
      `const r = new Runtime(); r.evalAsync('for (;;);').catch(() => {}); await sleep(20); r.closeAsync(); ready(); ${stay}`,
    ],
    [
      'waiting for a drain',
      `const r = new Runtime(); r.evalAsync('new Promise(() => {})').catch(() => {}); r.closeAsync({ drain: true }); ready(); ${stay}`,
    ],
    [
      'holding functions and promises of the guest',
      `globalThis.kept = new Runtime().eval('({ f() {}, p: new Promise(() => {}) })'); ready(); ${stay}`,
    ],
    [
      'calling back and forth without end',
      `const r = new Runtime(); r.bindFunction('f', async (n) => n); r.evalAsync('(async () => { for (;;) await f(1); })()'); ready(); ${stay}`,
    ],
  ])('is stopped while %s', async (_what, body) => {
    expectEnd(await program(withWorkers(stopWhenReady, body, { loadedInMain })), stopped);
  });
});

describe('worker threads', () => {
  it('are stopped at any moment of a life', async () => {
    const life = `
      for (;;) {
        const r = await Runtime.create({ timeout: 500 });
        r.bindFunction('f', async (g) => g);
        r.bindFunction('now', (n) => n + 1);
        const fn = r.eval('(n) => now(n)');
        fn(1);
        await Promise.all([r.evalAsync('f(() => 1)'), r.evalAsync('f(2)'), fn.callAsync([1])]);
        const rest = r.evalAsync('f(3)').catch(() => {});
        await r.closeAsync();
        await rest;
      }`;
    const main = `
      for (const milliseconds of [1, 20, 40, 60, 70, 80, 90, 100, 110, 120, 150]) {
        const worker = start();
        worker.on('error', (error) => step('error ' + error.stack));
        await once(worker, 'online');
        await sleep(milliseconds);
        await worker.terminate();
        step('stopped after ' + milliseconds);
      }
      step('live ' + require('isolet').getProcessStats().liveIsolates);`;
    const ended = await program(withWorkers(main, life));
    const last = ended.stdout.trimEnd().split('\n').at(-1);
    expect(ended, `last step: ${last}`).toMatchObject({ code: 0, signal: null, stderr: '', hung: false });
    expect(ended.stdout).not.toContain('error');
    expect(last).toBe('live 0');
  });

  it('B166: several work at once, each with its own runtime, and the main thread beside them', async () => {
    const body = `
      const { workerData, threadId } = require('node:worker_threads');
      const r = new Runtime();
      r.eval('globalThis.mine = ' + threadId);
      r.bindFunction('half', async (n) => n / 2);
      for (let i = 0; i < 20; i++) await r.evalAsync('half(' + i + ')');
      parentPort.postMessage(r.eval('mine') === threadId);
      r.close();`;
    const main = `
      const { Runtime } = require('isolet');
      const here = new Runtime();
      here.eval('globalThis.mine = 0');
      const workers = [1, 2, 3].map(start);
      step('started');
      const answers = await Promise.all(workers.map(async (worker) => {
        const exit = once(worker, 'exit');
        const [answer] = await once(worker, 'message');
        return [answer, (await exit)[0]];
      }));
      step(JSON.stringify(answers));
      step('here ' + here.eval('mine'));
      here.close();`;
    const ended = await program(withWorkers(main, body));
    expectEnd(ended, 'started\n[[true,0],[true,0],[true,0]]\nhere 0\n');
  });

  it('one is stopped while another goes on', async () => {
    const body = `
      const r = new Runtime();
      r.bindFunction('tick', async (n) => { parentPort.postMessage(n); await sleep(1); return n + 1; });
      r.evalAsync('(async () => { for (let n = 0; ; ) n = await tick(n); })()');`;
    const main = `
      const [one, two] = [start(), start()];
      await Promise.all([once(one, 'message'), once(two, 'message')]);
      step('both run');
      await one.terminate();
      step('one stopped');
      for (let i = 0; i < 20; i++) await once(two, 'message');
      step('two goes on');
      await two.terminate();
      step('live ' + require('isolet').getProcessStats().liveIsolates);`;
    const ended = await program(withWorkers(main, body));
    expectEnd(ended, 'both run\none stopped\ntwo goes on\nlive 0\n');
  });

  it('may use the addon again after every worker that had it is gone', async () => {
    const main = `
      for (let i = 0; i < 5; i++) {
        const worker = start();
        step('exit ' + (await once(worker, 'exit'))[0]);
      }
      globalThis.kept = new (require('isolet').Runtime)();
      step('main ' + kept.eval('42'));`;
    // Both are kept, so that no collection of garbage says that it was not closed.
    const ended = await program(withWorkers(main, `(globalThis.kept = new Runtime()).eval('1');`));
    expectEnd(ended, `${'exit 0\n'.repeat(5)}main 42\n`);
  });

  it('end with process.exit() of their own, from a guest call too', async () => {
    const main = `const worker = start(); step('exit ' + (await once(worker, 'exit'))[0]);`;
    const body = `const r = new Runtime(); r.bindFunction('exit', () => process.exit(3)); CALL`;
    for (const call of [`r.evalAsync('exit()');`, `r.eval('exit()');`]) {
      expectEnd(await program(withWorkers(main, body.replace('CALL', call), { loadedInMain: true })), 'exit 3\n');
    }
  });

  it('do not keep the process when the main thread exits', async () => {
    const main = `const worker = start(); await once(worker, 'message'); step('ready'); process.exit(7);`;
    const body = `new Runtime().evalAsync('for (;;);'); ready(); ${stay}`;
    expectEnd(await program(withWorkers(main, body)), 'ready\n', 7);
  });
});

describe('a worker in a synchronous build of a snapshot that never ends', () => {
  const worker = `const { Worker } = require('node:worker_threads');
    const source = \`require('node:worker_threads').parentPort.postMessage('go');
      new (require('isolet').SnapshotBuilder)().executeScript('a.js', 'for (;;);').build();\`;
    const worker = new Worker(source, { eval: true });
    worker.once('message', () => setTimeout(end, 200));`;

  it('can be terminated', async () => {
    const source = `${worker}
      async function end() { await worker.terminate(); console.log('terminated'); }`;
    expectEnd(await program(source), 'terminated\n');
  });

  it('does not keep the process from its exit', async () => {
    expectEnd(await program(`${worker} function end() { process.exit(7); }`), '', 7);
  });
});

it('a script of node:vm whose time is over ends the runtime it waits for and no other', async () => {
  const source = `const vm = require('node:vm');
    const { Runtime, SnapshotBuilder } = require('isolet');
    const bystander = new Runtime({ timeout: 5000 });
    const busy = new Runtime({ timeout: 5000 });
    const context = vm.createContext({
      run: () => busy.eval('for (;;);'),
      build: () => new SnapshotBuilder().executeScript('a.js', 'for (;;);').build(),
    });
    for (const script of ['run()', 'build()']) {
      try { vm.runInContext(script, context, { timeout: 150 }); } catch (e) { console.log(e.code); }
    }
    console.log(busy.state, bystander.state, bystander.eval('1 + 1'));
    (async () => console.log(await bystander.evalAsync('2 + 2'), await new Runtime().evalAsync('3 + 3')))();`;
  expectEnd(
    await program(source),
    'ERR_SCRIPT_EXECUTION_TIMEOUT\nERR_SCRIPT_EXECUTION_TIMEOUT\nterminated open 2\n4 6\n',
  );
});
