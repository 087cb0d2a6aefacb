import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

const library = new URL('../../lib/index.ts', import.meta.url).href;

/** Runs a module in a Node process of its own. */
function run(source: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], { timeout: 20_000 });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const prelude = `import { RuntimePool, ServerlessRuntime } from ${JSON.stringify(library)};`;
const spec = "{ tenantId: 'a', name: 'f', code: 'async (e) => e' }";

test('Node exits by itself with an idle pool, and waits for what runs', async () => {
  const { code, output } = await run(`${prelude}
    const pool = new RuntimePool({ later: () => new Promise((r) => setTimeout(r, 200)) }, { idleTtl: 60_000 });
    console.log(await pool.invoke(${spec}, 1));
    pool.invoke({ tenantId: 'a', name: 'g', code: 'async (e) => { await later(); return e; }' }, 2).then(console.log);`);
  expect(output).toBe('1\n2\n');
  expect(code).toBe(0);
});

test('the layer prints nothing by itself', async () => {
  const { code, output } = await run(`${prelude}
    const serverless = new ServerlessRuntime({}, { tiers: { t: { rate: { requests: 1 } } }, defaultTier: 't' });
    await serverless.deploy(${spec});
    await serverless.invoke('a', 'f');
    await serverless.invoke('a', 'f').catch(() => {});
    await serverless.cleanup();`);
  expect(output).toBe('');
  expect(code).toBe(0);
});

test('a worker thread that owns a busy pool can be terminated', async () => {
  const { code, output } = await run(`import { Worker } from 'node:worker_threads';
    const worker = new Worker(\`
      import { parentPort } from 'node:worker_threads';
      import { register } from 'tsx/esm/api';
      register();
      const { RuntimePool } = await import(${JSON.stringify(library)});
      const pool = new RuntimePool({});
      await pool.invoke(${spec}, 1);
      pool.invoke({ tenantId: 'a', name: 'loop', code: '() => { for (;;); }', timeout: 60000 });
      setTimeout(() => parentPort.postMessage('busy'), 50);\`, { eval: true });
    await new Promise((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
    await worker.terminate();
    console.log('terminated');`);
  expect(output).toBe('terminated\n');
  expect(code).toBe(0);
});
