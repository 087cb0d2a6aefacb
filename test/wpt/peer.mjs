/** One test in Node by itself: what its own classes reach on the same file. A child process of the runner. */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { local } from './find.mjs';
import { addressOf, listening, scriptsOf } from './harness.mjs';
import { answer, question } from './line.mjs';
import { readLocal } from './local-files.mjs';

const { dir, test, patience, ports } = await question();
const results = answer();

process.on('uncaughtException', (error) => results.uncaught(error));
process.on('unhandledRejection', (error) => results.uncaught(error));

// Relative addresses in a Request start from the test, as they do for guests by `baseUrl`.
const where = addressOf(test, ports);
globalThis[Symbol.for('undici.globalOrigin.1')] = where;
const nativeFetch = globalThis.fetch;
if (!test.server) {
  globalThis.fetch = async (input, init) => {
    const address = String(input?.url ?? input);
    if (/^(data|blob):/.test(address)) return nativeFetch(input, init);
    const { status, type, bytes } = await readLocal(dir, address, where);
    return new Response(bytes, { status, headers: { 'content-type': type } });
  };
}
globalThis.importScripts = (...names) => {
  for (const name of names) {
    if (name.endsWith('/testharness.js')) continue;
    const filename = local(dir, test.path, name);
    vm.runInThisContext(readFileSync(filename, 'utf8'), { filename });
  }
};

results.limit(patience, () => globalThis.timeout());
let hooked = false;
for (const { filename, source } of scriptsOf(dir, test, ports)) {
  try {
    vm.runInThisContext(source, { filename });
  } catch (error) {
    results.uncaught(error);
    if (!hooked) break;
    globalThis.done();
  }
  if (!hooked && typeof globalThis.add_completion_callback === 'function') {
    hooked = true;
    vm.runInThisContext(listening)(results.one, results.end);
  }
}
