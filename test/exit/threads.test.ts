import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

// A user of its own, so that no other process counts (nor another run of these tests), and without root's right to pass
// the limit. Only root can become somebody else, and Linux alone has these tools.
const user = String(100_000 + process.pid);
const become = ['--reuid', user, '--regid', user, '--clear-groups'];
const available =
  process.getuid?.() === 0 &&
  ['prlimit', 'setpriv'].every((tool) => ['/usr/bin/', '/bin/'].some((folder) => existsSync(folder + tool))) &&
  spawnSync('setpriv', [...become, process.execPath, '-e', `require('${root}')`]).status === 0;

/** With fewer Node waits for ever for threads of its own. */
const fewest = 6;

/** The last line a program printed that may have so many threads, or how it ended without one. */
function atMost(threads: number, source: string): string {
  const ended = spawnSync('prlimit', [`--nproc=${threads}`, 'setpriv', ...become, process.execPath, '-'], {
    cwd: root,
    input: source,
    encoding: 'utf8',
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  const last = ended.stdout.trimEnd().split('\n').at(-1);
  if (ended.signal === 'SIGKILL') return `hung after: ${last}\n${ended.stderr}`;
  return last || 'Node did not start';
}

const start = `const { Runtime, SnapshotBuilder } = require('isolet');
  const report = (text) => console.log(text);
  console.log('loaded');`;

const ways = {
  'new Runtime, asynchronous calls': `
    const runtime = new Runtime({ timeout: 300 });
    const one = await runtime.evalAsync('1 + 1');
    const loop = await runtime.evalAsync('for (;;);').catch((e) => e.code);
    const never = await runtime.evalAsync('new Promise(() => {})').catch((e) => e.code);
    return [one, loop, never].join();`,
  'Runtime.create, asynchronous calls': `
    const runtime = await Runtime.create({ timeout: 300 });
    const one = await runtime.evalAsync('1 + 1');
    const loop = await runtime.evalAsync('for (;;);').catch((e) => e.code);
    const never = await runtime.evalAsync('new Promise(() => {})').catch((e) => e.code);
    return [one, loop, never].join();`,
  'synchronous calls': `
    const runtime = new Runtime({ timeout: 300 });
    const loop = (() => { try { return runtime.eval('for (;;);'); } catch (e) { return e.code; } })();
    return [runtime.eval('1 + 1', { timeout: 10_000 }), loop, loop].join();`,
};

describe.runIf(available)('where the system refuses threads', () => {
  it.each(Object.entries(ways))(
    'a runtime works, with its limits, or is refused: %s',
    (_name, body) => {
      const source = `${start}
      (async () => { ${body} })().then(report, (e) => report(e.code + ' ' + e.message)).then(() => process.exit());`;
      const works = '2,ERR_ISOLET_TIMEOUT,ERR_ISOLET_TIMEOUT';
      const refused = /^ERR_ISOLET_CAPACITY The system refuses this process the threads/;
      const seen = new Set<string>();
      for (let threads = fewest; threads < fewest + 12; threads++) {
        const said = atMost(threads, source);
        if (said === 'Node did not start' || said === 'loaded') continue;
        seen.add(said === works ? 'works' : refused.test(said) ? 'refused' : `${threads} threads: ${said}`);
      }
      expect([...seen].sort()).toEqual(['refused', 'works']);
    },
    120_000,
  );

  it('who was refused may try again', async () => {
    const source = `const { Runtime } = require('isolet');
      let refused = false;
      try { new Runtime(); } catch (e) { refused = e.code === 'ERR_ISOLET_CAPACITY'; }
      console.log(refused ? 'refused' : 'made');
      if (!refused) process.exit();
      process.stdin.once('data', async () => {
        console.log(await new Runtime({ timeout: 300 }).evalAsync('for (;;);').catch((e) => e.code));
        process.exit();
      });`;
    for (let threads = fewest; ; threads++) {
      const child = spawn('prlimit', [`--nproc=${threads}:`, 'setpriv', ...become, process.execPath, '-e', source], {
        cwd: root,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said !== 'refused\n') return;
        // The limit is gone: for that its own user is enough.
        spawnSync('setpriv', [...become, 'prlimit', '--pid', String(child.pid), '--nproc=200:']);
        child.stdin.write('go\n');
      });
      child.stdin.on('error', () => {});
      await once(child, 'close');
      if (said === '') continue;
      expect(said).toBe('refused\nERR_ISOLET_TIMEOUT\n');
      break;
    }
  });
});
