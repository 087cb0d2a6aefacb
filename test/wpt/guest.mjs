/** One test in a guest. A child process of the runner. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { local } from './find.mjs';
import { addressOf, listening, scriptsOf } from './harness.mjs';
import { answer, question } from './line.mjs';
import { readLocal } from './local-files.mjs';

const { Runtime } = createRequire(import.meta.url)('isolet');
const { dir, test, patience, ports } = await question();
const where = addressOf(test, ports);
const results = answer();

const runtime = makeRuntime();
runtime.on('unhandledRejection', (error) => results.uncaught(error));
runtime.on('terminated', (error) => results.uncaught(error));
runtime.bindFunction('importScripts', importScripts);

let hooked = false;
for (const { filename, source } of scriptsOf(dir, test, ports)) {
  try {
    await runtime.evalAsync(`${source}\n;undefined`, { filename });
  } catch (error) {
    results.uncaught(error);
    if (!hooked || runtime.closed) break;
    await runtime.evalAsync('done(); undefined').catch(results.uncaught);
  }
  if (!hooked && filename.endsWith('/testharness.js')) {
    hooked = true;
    await listen();
  }
}

function makeRuntime() {
  const common = {
    maxHeapSize: 1024 * 1024 * 1024,
    maxTransferBytes: 256 * 1024 * 1024,
    maxTimers: 10_000,
    console: () => {},
  };
  try {
    const answer = test.server ? (request) => fetch(request) : fetchLocal;
    return new Runtime({ ...common, web: { baseUrl: where.href, fetch: answer } });
  } catch (error) {
    if (error.code !== 'ERR_ISOLET_INVALID_ARG') throw error;
    return new Runtime({ ...common, streams: true });
  }
}

/** Results go to functions that no name in the guest leads to. */
async function listen() {
  const connect = await runtime.evalAsync(listening);
  await connect.callAsync([results.one, results.end]);
  results.limit(patience, () => runtime.evalAsync('timeout(); undefined').catch(results.uncaught));
}

function importScripts(...names) {
  for (const name of names) {
    if (name.endsWith('/testharness.js')) continue;
    const filename = local(dir, test.path, name);
    runtime.eval(`${readFileSync(filename, 'utf8')}\n;undefined`, { filename });
  }
}

/** A test without a server gets files of the checkout. */
async function fetchLocal({ url }) {
  const { status, type, bytes } = await readLocal(dir, url, where);
  return new Response(bytes, { status, headers: { 'content-type': type } });
}
