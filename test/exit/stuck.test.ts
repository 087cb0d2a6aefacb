import { it } from 'vitest';
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
