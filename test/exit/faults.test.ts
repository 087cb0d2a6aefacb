import { describe, expect, it } from 'vitest';
import { type Ended, expectEnd, program } from './support.ts';

const linux = process.platform === 'linux';
const x64Linux = linux && process.arch === 'x64';

const loaded = `globalThis.runtime = new (require('isolet').Runtime)(); runtime.eval('1');`;

/** Text with the bytes of a module: its function `f` answers a constant that is easily found in memory. */
const constantModule = `Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 126, 3, 2, 1, 0, 7, 5, 1, 1, 102,
  0, 0, 10, 14, 1, 12, 0, 66, 136, 239, 153, 171, 197, 232, 140, 145, 17, 11])`;

/**
 * Puts an instruction in place of the one that loads that constant, wherever V8 has compiled it: the next call of `f`
 * runs it.
 */
const patch = `function patch(instruction) {
  const fs = require('node:fs');
  const constant = Buffer.from('8877665544332211', 'hex');
  const memory = fs.openSync('/proc/self/mem', 'r+');
  let patched = 0;
  for (const line of fs.readFileSync('/proc/self/maps', 'utf8').split('\\n')) {
    const [, from, to] = /^(\\w+)-(\\w+) \\S?\\S?x\\S \\S+ \\S+ 0 *$/.exec(line) ?? [];
    if (from === undefined) continue;
    const begin = parseInt(from, 16);
    const bytes = Buffer.alloc(Math.min(parseInt(to, 16) - begin, 2 ** 26));
    const length = fs.readSync(memory, bytes, 0, bytes.length, begin);
    for (let at = bytes.indexOf(constant); at > 0 && at < length; at = bytes.indexOf(constant, at + 1)) {
      fs.writeSync(memory, Buffer.from(instruction, 'hex'), 0, undefined, begin + at - 2);
      patched += 1;
    }
  }
  if (patched === 0) throw new Error('the constant is not there');
}`;

const faults = { SIGSEGV: '488b042500000000', SIGILL: '0f0b', SIGTRAP: 'cc' };

function expectSignal(ended: Ended, signal: string): void {
  expect({ ...ended, stderr: '' }).toEqual({ code: null, signal, stdout: 'ready\n', stderr: '', hung: false });
}

// Windows has no signals; macOS says nothing about them here, because the engine handles none there.
describe.runIf(linux)('a signal that isolet does not mean', () => {
  describe.each(['SIGTRAP', 'SIGILL', 'SIGSEGV', 'SIGBUS'])('%s', (signal) => {
    it.each([
      ['without isolet', ''],
      ['with a runtime', loaded],
    ])('ends the process, %s', async (_name, before) => {
      const source = `${before} console.log('ready'); process.kill(process.pid, '${signal}'); setTimeout(() => {}, 9000);`;
      expectSignal(await program(source), signal);
    });

    it('goes to a listener of the program that was there before, each time', async () => {
      const source = `let heard = 0;
        process.on('${signal}', () => {
          console.log('heard');
          if (++heard < 3) process.kill(process.pid, '${signal}'); else clearTimeout(timer);
        });
        const timer = setTimeout(() => {}, 9000);
        ${loaded}
        process.kill(process.pid, '${signal}');`;
      expectEnd(await program(source), 'heard\nheard\nheard\n');
    });
  });

  // The instructions are those of one processor.
  describe.runIf(x64Linux).each(Object.entries(faults))('%s raised by an instruction', (signal, instruction) => {
    it.each([
      ['of the program, without isolet', ''],
      ['of the program, with a runtime', loaded],
    ])('%s, ends the process', async (_name, before) => {
      const source = `${patch} ${before}
        const { f } = new WebAssembly.Instance(new WebAssembly.Module(${constantModule})).exports;
        f(); patch('${instruction}'); console.log('ready'); f(); console.log('went on');`;
      expectSignal(await program(source), signal);
    });
  });

  it.runIf(x64Linux)('a memory fault in the code of a guest ends the process', async () => {
    const source = `${patch} ${loaded}
      runtime.eval(\`globalThis.f = new WebAssembly.Instance(new WebAssembly.Module(${constantModule})).exports.f; f()\`);
      patch('${faults.SIGSEGV}'); console.log('ready');
      runtime.evalAsync('f()').then(() => console.log('went on'), () => console.log('went on'));`;
    expectSignal(await program(source), 'SIGSEGV');
  });

  it.runIf(x64Linux)('a trap in the code of a guest costs the guest', async () => {
    const source = `${patch} const { getProcessStats } = require('isolet'); ${loaded}
      runtime.eval(\`globalThis.f = new WebAssembly.Instance(new WebAssembly.Module(${constantModule})).exports.f; f()\`);
      patch('${faults.SIGTRAP}');
      runtime.evalAsync('f()').catch((e) => console.log(e.code, getProcessStats().lostIsolates));`;
    expectEnd(await program(source), 'ERR_ISOLET_TERMINATED 1\n');
  });
});

// V8 compiles accesses to memory without a check and handles the fault: the handler before ours.
it('an access out of bounds in WebAssembly is an error, in guests and in the program', async () => {
  const source = `const { Runtime } = require('isolet');
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102,
      0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11];
    const access = \`(() => {
      const { f } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(\${JSON.stringify(bytes)}))).exports;
      const names = [];
      for (let i = 0; i < 3; i++) try { f(0); f(0x7fffffff); } catch (e) { names.push(e.name); }
      return names.join();
    })()\`;
    (async () => {
      const runtime = new Runtime();
      console.log(runtime.eval(access));
      console.log(await runtime.evalAsync(access));
      globalThis.r = new Runtime({ syncCalls: 'inPlace' });
      console.log(r.eval(access));
      console.log(eval(access));
    })();`;
  expectEnd(await program(source), 'RuntimeError,RuntimeError,RuntimeError\n'.repeat(4));
});

// V8's compiler of regular expressions recurses without looking, and would end the process. Other systems than Linux
// have no such guard.
it.runIf(linux)(
  "a guest that fills its thread's stack inside V8 is given up, and nothing else is",
  async () => {
    const source = `const { Runtime, getProcessStats } = require('isolet');
    (async () => {
      const other = new Runtime(), kept = (globalThis.kept = []);
      const deep = "new RegExp('(?:x'.repeat(2e6) + 'a' + ')+'.repeat(2e6)).test('aaaa')";
      for (const run of [(r) => r.evalAsync(deep), async (r) => r.eval(deep)]) {
        const runtime = new Runtime({ maxHeapSize: 256 * 2 ** 20 });
        const given = new Promise((resolve) => runtime.on('fatal', resolve));
        kept.push(runtime); // an event of a runtime that was collected comes to nobody
        await run(runtime).then(() => console.log('ended'), (e) => console.log(e.code));
        console.log(await given);
      }
      console.log(getProcessStats().lostIsolates, await other.evalAsync('1 + 1'), other.eval('new RegExp("(a)").test("a")'));
      // The stacks of the lost threads, 64 MB each, are given back.
      const stacks = require('node:fs').readFileSync('/proc/self/smaps', 'utf8').split(/\\n(?=[0-9a-f]+-)/)
        .filter((map) => / 0 *\\n/.test(map) && /^Size: +(6[0-4]\\d{3}) kB/m.test(map) && +/^Rss: +(\\d+)/m.exec(map)[1] > 16_000);
      console.log(stacks.length);
    })();`;
    const why = "V8 used up its thread's stack";
    expectEnd(
      await program(source, { timeout: 590_000 }),
      `ERR_ISOLET_TERMINATED\n${why}\nERR_ISOLET_TERMINATED\n${why}\n2 2 true\n0\n`,
    );
  },
  // Seconds of work, of which a busy machine makes minutes.
  600_000,
);
