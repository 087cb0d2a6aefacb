// `isolet-server dev` in an empty folder, as its first ten minutes say: one function is written, asked, changed and asked.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('./node_modules/isolet-server/dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'isolet-dev-'));
const child = spawn(process.execPath, [command, 'dev', '--port', '0', '--json'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (kind) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`dev ended before '${kind}'`);
      const event = JSON.parse(value);
      if (event.event === kind) return event;
    }
  };
  const { url } = await next('ready');
  const ask = async () => (await fetch(`${url}/fn/dev/hello?name=ada`)).json();
  const first = await ask();
  if (first.hello !== 'ada' || first.visits !== 1) throw new Error(JSON.stringify(first));
  const file = join(folder, 'functions', 'hello.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace('hello: name', 'hi: name'));
  await next('deployed');
  const second = await ask();
  if (second.hi !== 'ada' || second.visits !== 2) throw new Error(JSON.stringify(second));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  if ((await ended) !== 0) throw new Error('dev did not end well');
  console.log(`developed on Node ${process.versions.node}`);
} finally {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
