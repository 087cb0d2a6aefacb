// Starts what is compared, each on one core: bare node:http, workerd, and this server with its functions in the process
// itself and in cells.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const token = 'the-token-of-the-benchmark';

/** @typedef {{ url: string, pid: number, stop: () => Promise<void> }} Started */

/** @param {string} core @param {string} file @param {string[]} args @param {import('node:child_process').SpawnOptions} [options] */
const pinned = (core, file, args, options = {}) =>
  spawn('taskset', ['-c', core, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'], ...options });

async function firstLine(child) {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('it ended before it was ready')));
  ended.catch(() => {});
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  return JSON.parse(line);
}

async function stopped(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

/** @param {string} core @returns {Promise<Started>} */
export async function startBare(core) {
  const child = pinned(core, process.execPath, [here('workloads/bare.mjs')]);
  const { port } = await firstLine(child);
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid, stop: () => stopped(child) };
}

/** This server with two functions: one gets an event, one a Request. @param {string} core @param {'isolate' | 'process'} mode */
export async function startServer(core, mode) {
  const data = mkdtempSync(join(tmpdir(), 'isolet-server-bench-'));
  const file = join(data, 'config.json');
  writeFileSync(file, JSON.stringify({ server: { isolation: { mode } } }));
  const env = { ...process.env, ISOLET_SERVER_PORT: '0', ISOLET_SERVER_DATA: data, ISOLET_SERVER_ADMIN_TOKEN: token };
  const child = pinned(core, process.execPath, [here('../dist/cli.js'), 'serve', '--config', file], { env });
  const stop = async () => {
    await stopped(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const { url } = await firstLine(child);
    const put = async (path, body) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    };
    await put('/v1/tenants/acme', {});
    const event = '({ body }) => ({ hello: body.name, n: body.n + 1 })';
    await put('/v1/tenants/acme/functions/event', { code: event });
    const handler = readFileSync(here('workloads/handler.mjs'), 'utf8');
    await put('/v1/tenants/acme/functions/handler', { code: handler });
    const of = (name) => ({ url: `${url}/fn/acme/${name}`, pid: child.pid, stop });
    return { event: of('event'), handler: of('handler') };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {string} core @returns {Promise<Started>} */
export async function startWorkerd(core) {
  const peers = here('peers');
  if (!existsSync(join(peers, 'node_modules/workerd'))) {
    const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    const npm = spawnSync('npm', options, { cwd: peers, encoding: 'utf8' });
    if (npm.status !== 0) throw new Error(`npm could not install workerd:\n${npm.stderr}`);
  }
  const require = createRequire(join(peers, 'package.json'));
  const scope = join(require.resolve('workerd/package.json'), '../../@cloudflare');
  const [binary] = readdirSync(scope)
    .map((name) => join(scope, name, 'bin/workerd'))
    .filter(existsSync);
  if (!binary) throw new Error('there is no workerd for this machine');
  const port = await freePort();
  const args = ['serve', here('workloads/workerd.capnp'), `--socket-addr=http=127.0.0.1:${port}`];
  const child = pinned(core, binary, args);
  const url = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 200; i++) {
    try {
      await fetch(url, { method: 'POST', body: '{"name":"ada","n":41}' });
      return { url, pid: child.pid, stop: () => stopped(child) };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await stopped(child);
  throw new Error('workerd does not answer');
}

async function freePort() {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
