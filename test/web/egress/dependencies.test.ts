import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolet-egress-'));
  const own = join(folder, 'node_modules/isolet');
  mkdirSync(own, { recursive: true });
  cpSync(join(root, 'package.json'), join(own, 'package.json'));
  const needed = (file: string) => !/types|\.map$/.test(file.slice(root.length));
  cpSync(join(root, 'dist'), join(own, 'dist'), { recursive: true, filter: needed });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a program in a project without further packages prints. */
function run(program: string): unknown {
  const addons = join(root, 'build', `abi${process.versions.modules}`);
  const addon = readdirSync(addons).find((name) => name.endsWith('.node')) as string;
  const env = { ...process.env, ISOLET_ADDON: join(addons, addon) };
  writeFileSync(join(folder, 'main.cjs'), program);
  return JSON.parse(execFileSync(process.execPath, ['main.cjs'], { cwd: folder, env, encoding: 'utf8' }));
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const hasUndici8 = existsSync(join(root, 'node_modules/undici-8'));
const runsUndici8 = major > 22 || (major === 22 && minor >= 19);

function installUndici8(): void {
  cpSync(join(root, 'node_modules/undici-8'), join(folder, 'node_modules/undici'), { recursive: true });
  install('ipaddr.js');
}

function install(...names: string[]): void {
  for (const name of names) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
}

const tell = `
  const { egress, IsoletError } = require('isolet');
  try { egress(); console.log('"made"'); }
  catch ({ code, message, packages, constructor }) { console.log(JSON.stringify({ code, message, packages, is: constructor.prototype instanceof IsoletError })); }`;

test('packages that are missing are named, with what to install', () => {
  expect(run(tell)).toEqual({
    code: 'ERR_ISOLET_DEPENDENCY',
    message:
      'egress() needs undici and ipaddr.js, which are not installed. Install them: npm install undici@7 ipaddr.js@2',
    packages: ['undici', 'ipaddr.js'],
    is: true,
  });
});

test('a package that is missing beside the other is the only one that is named', () => {
  install('ipaddr.js');
  expect(run(tell)).toMatchObject({
    message: 'egress() needs undici, which is not installed. Install it: npm install undici@7',
    packages: ['undici'],
  });
});

test('neither is loaded before it is used', () => {
  install('undici', 'ipaddr.js');
  const loaded = run(`
    const { egress } = require('isolet');
    const count = () => Object.keys(require.cache).filter((file) => /undici|ipaddr/.test(file)).length;
    const before = count();
    egress();
    console.log(JSON.stringify([before, count() > 1]));`);
  expect(loaded).toEqual([0, true]);
});

test.skipIf(!hasUndici8 || runsUndici8)('a version that is for a newer Node is named, with what to install', () => {
  installUndici8();
  expect(run(tell)).toEqual({
    code: 'ERR_ISOLET_DEPENDENCY',
    message: `egress() needs undici, which does not load on Node ${process.version}. Install what does: npm install undici@7`,
    packages: ['undici'],
    is: true,
  });
});

test.skipIf(!hasUndici8 || !runsUndici8)('undici 8 fetches by the same rules', () => {
  installUndici8();
  const seen = run(`
    const { createServer } = require('node:http');
    const { egress, Runtime } = require('isolet');
    const server = createServer(async (request, response) => {
      if (request.url === '/moved') return response.writeHead(302, { location: '/there' }).end();
      if (request.url === '/away') return response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(request.method + ' ' + request.url + ' ' + Buffer.concat(chunks).length + (request.url === '/large' ? 'x'.repeat(100_000) : ''));
    });
    server.listen(0, '127.0.0.1', async () => {
      const { port } = server.address();
      const rules = { allow: ['*.test', '169.254.169.254'], ports: [port, 80], lookup: (name) => name === 'inside.test' ? ['10.0.0.1'] : ['127.0.0.1'], maxResponseBytes: 50_000 };
      const runtime = new Runtime({ web: { fetch: egress({ ...rules, allow: ['*.test', '127.0.0.1'] }) } });
      const seen = await runtime.evalAsync(\`(async () => {
        const seen = [];
        const at = 'http://a.test:\${port}';
        const stream = () => new ReadableStream({ type: 'bytes', pull(c) { this.n = (this.n ?? 0) + 1; if (this.n > 3) { c.close(); } else c.enqueue(new Uint8Array(70_000)); } });
        for (const ask of [() => fetch(at + '/'), () => fetch(at + '/', { method: 'POST', body: 'text' }),
          () => fetch(at + '/', { method: 'PUT', body: stream(), duplex: 'half' }), () => fetch(at + '/moved'), () => fetch(at + '/away'),
          () => fetch('http://inside.test:\${port}/'), () => fetch('http://other.example/'), () => fetch(at + '/large')]) {
          try { const answer = await ask(); seen.push([answer.status, answer.redirected, answer.headers.getSetCookie().length, await answer.text()]); }
          catch (error) { seen.push(error.name); }
        }
        return seen;
      })()\`);
      console.log(JSON.stringify(seen));
      runtime.close();
      server.close();
      server.closeAllConnections();
    });`);
  expect(seen).toEqual([
    [200, false, 2, 'GET / 0'],
    [200, false, 2, 'POST / 4'],
    [200, false, 2, 'PUT / 210000'],
    [200, true, 2, 'GET /there 0'],
    'TypeError',
    'TypeError',
    'TypeError',
    'TypeError',
  ]);
});
