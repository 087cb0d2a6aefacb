import { expect, it } from 'vitest';
import { expectEnd, program } from './support.ts';

// More guests than cores sit in a native routine that no termination reaches. In a process of its own: what is lost
// stays lost.
it('guests that V8 does not let go of hold up nobody, are given up, and do not keep the process', async () => {
  expectEnd(
    await program(`const { Runtime, getProcessStats } = require('isolet');
    const deaf = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';
    (async () => {
      const count = require('os').availableParallelism() + 1;
      const stuck = Array.from({ length: count }, () => new Runtime({ timeout: 100 }));
      const given = [];
      for (const runtime of stuck) runtime.on('fatal', (why) => given.push(why));
      const ends = await Promise.allSettled(stuck.map((runtime) => runtime.evalAsync(deaf)));
      for (const end of ends) if (end.reason?.name !== 'TimeoutError') throw new Error('not a timeout: ' + end.value);
      const other = new Runtime({ timeout: 20_000 });
      if ((await other.evalAsync('1 + 1')) !== 2 || other.eval('1 + 2') !== 3) throw new Error('wrong');
      if (given.length > 0) throw new Error('the others had to wait until the first was given up');
      while (given.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      if (!/native routine/.test(given[0]) || getProcessStats().lostIsolates === 0) throw new Error(given[0]);
      const dead = stuck.find((runtime) => runtime.state === 'terminated');
      try { dead.eval('1'); throw new Error('ran'); } catch (e) { if (e.code !== 'ERR_ISOLET_TERMINATED') throw e; }
      if ((await other.evalAsync('2 + 2')) !== 4) throw new Error('wrong');
    })();`),
    '',
  );
});

it('a call within another is timed out by the limit that somebody set, also where the host gives it up', async () => {
  expectEnd(
    await program(`const { Runtime } = require('isolet');
    const runtime = new Runtime();
    const deaf = runtime.eval("() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)");
    let inner;
    runtime.bindFunction('back', () => {
      try { deaf(); } catch (error) { inner = error; throw error; }
    });
    const limits = { timeout: 100 };
    let outer;
    try { runtime.eval('back()', limits); } catch (error) { outer = error; }
    console.log([outer, inner].map(({ name, limit }) => name + ' ' + limit).join());`),
    'TimeoutError 100,TimeoutError 100\n',
  );
});

it.each(['new Runtime(options)', 'await Runtime.create(options)'])(
  'a bootstrap script that V8 does not let go of costs its limit and its isolate, not the thread: %s',
  async (create) => {
    expectEnd(
      await program(`const { Runtime, getProcessStats } = require('isolet');
    (async () => {
      const options = { timeout: 100, bootstrap: 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)' };
      try { ${create}; throw new Error('created'); } catch (e) { if (e.name !== 'TimeoutError') throw e; }
      const other = await Runtime.create({ bootstrap: 'globalThis.n = 41' });
      if (other.eval('n + 1') !== 42) throw new Error('wrong');
      await other.closeAsync();
      while (getProcessStats().lostIsolates === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    })();`),
      '',
    );
  },
);

it.each([
  ['build', 'leaves at once'],
  ['buildAsync', 'leaves at once'],
  ['build', 'stays until it is given up'],
  ['buildAsync', 'stays until it is given up'],
])(
  'a script of a snapshot that V8 does not let go of is answered at its limit: %s, and the host %s',
  async (build, then) => {
    expectEnd(
      await program(`const { SnapshotBuilder, Runtime, getProcessStats } = require('isolet');
    (async () => {
      const script = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';
      const builder = new SnapshotBuilder({ timeout: 100 }).executeScript('deaf.js', script);
      try { await builder.${build}(); throw new Error('built'); } catch (e) { if (e.name !== 'TimeoutError') throw e; }
      if (getProcessStats().lostIsolates > 0) throw new Error('the answer had to wait until the isolate was given up');
      const other = new Runtime({ timeout: 20_000 });
      if (other.eval('1 + 1') !== 2) throw new Error('wrong');
      other.close();
      const stays = ${then !== 'leaves at once'};
      while (stays && getProcessStats().lostIsolates === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    })();`),
      '',
    );
  },
);

// (memory 256) (func (export "f") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000)) (br 0)))
it('a guest whose time goes by where the C library moves memory burns no processor after its end', async () => {
  expectEnd(
    await program(`const { Runtime } = require('isolet');
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 0, 128, 2, 7, 5, 1, 1, 102, 0, 0,
      10, 21, 1, 19, 0, 3, 64, 65, 0, 65, 1, 65, 128, 128, 128, 8, 252, 11, 0, 12, 0, 11, 11];
    (async () => {
      const runtime = new Runtime({ maxHeapSize: 64 * 1024 * 1024, timeout: 100 });
      const code = \`new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from([\${bytes}]))).exports.f()\`;
      const error = await runtime.evalAsync(code).catch((e) => e);
      if (error.name !== 'TimeoutError') throw error;
      runtime.close();
      for (let i = 0, quiet = false; !quiet; i++) {
        if (i === 80) throw new Error('it goes on');
        const before = process.cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const { user, system } = process.cpuUsage(before);
        quiet = user + system < 30_000;
      }
    })();`),
    '',
  );
});

// V8 adds to some of them when it restores a context, each version to others, and stops if it can't.
it('a snapshot that V8 can not restore costs the build and nothing else, also later', async () => {
  const { stderr, ...ended } = await program(`const { SnapshotBuilder, Runtime, getProcessStats } = require('isolet');
    (async () => {
      for (const name of ['Object', 'Promise', 'RegExp', 'Math', 'Atomics']) {
        const builder = new SnapshotBuilder().executeScript('a.js', 'Object.freeze(' + name + ')');
        try {
          const runtime = new Runtime({ snapshot: builder.build() });
          if (runtime.eval('1 + 1') !== 2) throw new Error('wrong');
          runtime.close();
        } catch (e) { if (e.code !== 'ERR_ISOLET_SNAPSHOT') throw e; }
      }
      // What lost guests held is given back half a second later.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const other = new Runtime();
      console.log(other.eval('6 * 7'));
      await other.closeAsync();
    })();`);
  // V8 itself prints why it stopped.
  expect(ended, stderr).toEqual({ code: 0, signal: null, stdout: '42\n', hung: false });
});
