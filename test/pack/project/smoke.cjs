// What a program does with the package, by require. Prints one line.
const { equal, deepEqual, rejects } = require('node:assert/strict');
const { Runtime, ServerlessRuntime, SnapshotBuilder, TimeoutError, runSandboxed } = require('isolet');

async function main() {
  const runtime = new Runtime({ timeout: 5000 });
  runtime.bindFunction('add', async (a, b) => a + b);
  equal(await runtime.evalAsync('add(20, 22)'), 42);
  await rejects(runtime.evalAsync('for (;;);', { timeout: 50 }), TimeoutError);
  runtime.close();

  const streaming = new Runtime({ streams: true });
  equal(streaming.eval('typeof ReadableStream'), 'function');
  streaming.close();

  const snapshot = new SnapshotBuilder().executeScript('lib.js', 'globalThis.double = (n) => n * 2').build();
  const restored = new Runtime({ snapshot });
  equal(restored.eval('double(4)'), 8);
  restored.close();

  deepEqual(await runSandboxed('[1, 2].length'), { ok: true, value: 2 });

  const serverless = new ServerlessRuntime({});
  await serverless.deploy({ tenantId: 'acme', name: 'inc', code: '(event) => event.n + 1' });
  equal(await serverless.invoke('acme', 'inc', { n: 1 }), 2);
  await serverless.cleanup();
}

main().then(() => console.log(`required on Node ${process.versions.node}`));
