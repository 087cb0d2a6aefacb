import { expect, it } from 'vitest';
import { expectEnd, program } from './support.ts';

// V8 compiles on another thread and says so by an interrupt, which must still be there when the guest is entered again.
// In a process of its own: the flag is the process's.
it.each(['inPlace', 'guarded', 'asynchronous'])(
  'code that V8 has optimized while nobody was in the guest is taken over by the next call: %s',
  async (how) => {
    const ended = await program(
      `const { Runtime } = require('isolet');
    (async () => {
      const how = '${how}';
      const runtime = new Runtime(how === 'asynchronous' ? {} : { syncCalls: how });
      const run = (code) => (how === 'asynchronous' ? runtime.evalAsync(code) : runtime.eval(code));
      await run('function sum(n) { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s; } 0');
      await run('%PrepareFunctionForOptimization(sum); sum(100); sum(100);');
      await run('%OptimizeFunctionOnNextCall(sum, "concurrent"); sum(100);');
      // Calls that end at once: the compiler is done between two of them.
      let looks = 0;
      for (const until = Date.now() + 60_000; Date.now() < until; looks++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if ((await run('sum(1); %GetOptimizationStatus(sum)')) & 16) break;
      }
      const status = await run('%GetOptimizationStatus(sum)');
      console.log(status & 16 ? 'optimized' : 'status ' + status + ' after ' + looks);
    })();`,
      { args: ['--allow-natives-syntax', '-'] },
    );
    expectEnd(ended, 'optimized\n');
    expect(ended.code).toBe(0);
  },
);
