import { expect, it } from 'vitest';
import { program } from './support.ts';

// In a process of its own: what is lost stays lost.
it.runIf(process.platform === 'linux')(
  'what a lost guest held in one huge step is given back, and nothing of anybody else',
  async () => {
    const ended = await program(
      `const { Runtime, getProcessStats } = require('isolet');
      const attack = "'x'.repeat(2 ** 28).split('').length"; // a check inside V8 stops it
      const mebibytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
      (async () => {
        const bystander = new Runtime({ maxHeapSize: 256 << 20 });
        bystander.eval("globalThis.text = 'abcdefgh'.repeat(1e6); text.charCodeAt(9); globalThis.list = new Array(1e6).fill(7)");
        const mine = 'ijklmnop'.repeat(1e6).split('o').join('O');
        const before = mebibytes();
        for (let i = 0; i < 2; i++) {
          const runtime = new Runtime({ maxHeapSize: 32 << 20 });
          await runtime.evalAsync(attack).catch((error) => { if (error.code !== 'ERR_ISOLET_TERMINATED') throw error; });
        }
        const held = mebibytes() - before;
        while (mebibytes() - before > 100) await new Promise((resolve) => setTimeout(resolve, 20));
        const sum = bystander.eval("let n = 0; for (let i = 0; i < text.length; i++) n += text.charCodeAt(i); n + list.reduce((a, b) => a + b)");
        if (sum !== 1e6 * (97 + 98 + 99 + 100 + 101 + 102 + 103 + 104 + 7)) throw new Error('wrong sum ' + sum);
        if (mine.length !== 8e6 || mine.replaceAll('ijklmnOp', '') !== '') throw new Error('wrong text');
        console.log(JSON.stringify({ held: held > 200, lost: getProcessStats().lostIsolates }));
      })();`,
      { timeout: 110_000 },
    );
    expect({ ...ended, stderr: '' }).toEqual({
      code: 0,
      signal: null,
      hung: false,
      stdout: '{"held":true,"lost":2}\n',
      stderr: '',
    });
  },
  40_000,
);
