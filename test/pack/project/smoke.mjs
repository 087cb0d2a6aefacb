// By import, in the main thread and in a worker; both entries are one copy of the package. Prints one line.
import { equal } from 'node:assert/strict';
import { createRequire } from 'node:module';
import { isMainThread, Worker } from 'node:worker_threads';
import * as isolet from 'isolet';

const runtime = await isolet.Runtime.create({ timeout: 5000 });
equal(await runtime.evalAsync('1 + 1'), 2);
await runtime.closeAsync();

if (isMainThread) {
  equal(createRequire(import.meta.url)('isolet').Runtime, isolet.Runtime);
  const worker = new Worker(new URL(import.meta.url));
  const status = await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));
  equal(status, 0);
  console.log(`imported on Node ${process.versions.node}`);
}
