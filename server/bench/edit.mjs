// How long `dev` takes from a saved file to the changed answer, over HTTP, with a file of one line and with one that
// bundles a package. A request is always under way, so that the answer is seen as soon as it is there.
// usage: npm run bench:edit -w server [-- --edits 20 --pause 2500]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    edits: { type: 'string', default: '20' },
    /** ms between two edits: what is kept warm for a moment only is cold again for people. */
    pause: { type: 'string', default: '2500' },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const sources = {
  'one line': (n) => `export default (): number => ${n};`,
  'a handler': (n) => `export default { async fetch(request: Request) { return Response.json(${n}); } };`,
  'with zod': (n) => `import { z } from 'zod';\nexport default () => z.number().parse(${n});`,
};

const folder = mkdtempSync(join(tmpdir(), 'isolet-edit-'));
mkdirSync(join(folder, 'functions'));
symlinkSync(here('../../node_modules'), join(folder, 'node_modules'));
const file = (name) => join(folder, 'functions', `${name.replaceAll(' ', '-')}.ts`);
for (const [name, source] of Object.entries(sources)) writeFileSync(file(name), source(0));

const child = spawn(process.execPath, [here('../dist/cli.js'), 'dev', '--port', '0', '--json'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const own = {};
  const url = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('dev ended before it was ready')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (event.event === 'ready') resolve(event.url);
      else if (event.event === 'deployed') own[event.function] = event.ms;
      else console.error(line);
    });
  });
  const rows = {};
  let n = 0;
  for (const [name, source] of Object.entries(sources)) {
    const address = `${url}/fn/dev/${name.replaceAll(' ', '-')}`;
    const [seen, deployed] = [[], []];
    for (let edit = 0; edit < Number(values.edits); edit++) {
      await new Promise((resolve) => setTimeout(resolve, Number(values.pause)));
      n += 1;
      const start = performance.now();
      writeFileSync(file(name), source(n));
      while ((await (await fetch(address)).text()) !== String(n)) {
        if (performance.now() - start > 30_000) throw new Error(`the answer of '${name}' did not change`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      seen.push(performance.now() - start);
      deployed.push(own[name.replaceAll(' ', '-')]);
    }
    rows[name] = { ...spread(seen), 'of which built and deployed': spread(deployed)['median ms'] };
  }
  console.table(rows);
} finally {
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await exit;
  rmSync(folder, { recursive: true, force: true });
}

/** @param {number[]} times */
function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  return { 'median ms': at(0.5), 'p95 ms': at(0.95), 'worst ms': at(1) };
}
