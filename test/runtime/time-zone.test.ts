import { Worker } from 'node:worker_threads';
import { RuntimePool, SnapshotBuilder } from 'isolet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const before = process.env['TZ'];
const look = `[new Date(0).getTimezoneOffset(), new Date(2026, 0, 1).getTime(), new Date(0).toString(),
  Intl.DateTimeFormat().resolvedOptions().timeZone, new Date(0).toLocaleString('en')]`;
/** The same in the host. */
const host = () => [
  new Date(0).getTimezoneOffset(),
  new Date(2026, 0, 1).getTime(),
  new Date(0).toString(),
  Intl.DateTimeFormat().resolvedOptions().timeZone,
  new Date(0).toLocaleString('en'),
];

function set(zone: string | undefined): void {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
}

beforeEach(() => set('UTC'));
afterEach(() => set(before));

describe('process.env.TZ, changed at run time', () => {
  it.each(['guarded', 'inPlace'] as const)('reaches a runtime that lives, with syncCalls %s', (syncCalls) => {
    const runtime = make({ syncCalls });
    expect(runtime.eval(look)).toEqual(host());
    for (const zone of ['Asia/Tokyo', 'America/New_York', 'Europe/Bern', 'Asia/Seoul', undefined, 'UTC']) {
      set(zone);
      expect(runtime.eval(look)).toEqual(host());
      expect(make().eval(look)).toEqual(host());
    }
  });

  it('reaches asynchronous calls, also after an await on the host that changes it', async () => {
    const runtime = await create();
    runtime.bindFunction('move', async (zone: string) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      set(zone);
    });
    expect(await runtime.evalAsync(look)).toEqual(host());
    set('Asia/Tokyo');
    expect(await runtime.evalAsync(look)).toEqual(host());
    const moved = runtime.evalAsync(`(async () => { ${look}; await move('Asia/Kathmandu'); return ${look} })()`);
    expect(await moved).toEqual(host());
    expect(process.env['TZ']).toBe('Asia/Kathmandu');
  });

  it('reaches a runtime from a snapshot and the functions of a pool', async () => {
    const snapshot = new SnapshotBuilder().executeScript('zone.js', `globalThis.at = ${look}`).build();
    const runtime = make({ snapshot });
    const pool = new RuntimePool({});
    const spec = { tenantId: 'acme', name: 'f', code: `() => ${look}` };
    for (const zone of ['Asia/Tokyo', 'America/New_York']) {
      set(zone);
      expect(runtime.eval(look)).toEqual(host());
      expect(await pool.invoke(spec)).toEqual(host());
    }
    await pool.close();
  });

  it('in a worker thread guests see what their host sees', async () => {
    set('Asia/Tokyo');
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       const { Runtime } = require(${JSON.stringify(`${process.cwd()}/dist/index.cjs`)});
       const runtime = new Runtime();
       const offsets = () => [runtime.eval('new Date(0).getTimezoneOffset()'), new Date(0).getTimezoneOffset()];
       const first = offsets();
       process.env.TZ = 'America/New_York'; // its own copy
       parentPort.postMessage([first, offsets()]);
       runtime.close();`,
      { eval: true },
    );
    const [message] = await new Promise<unknown[]>((resolve, reject) => {
      worker.once('message', (...args) => resolve(args));
      worker.once('error', reject);
    });
    expect(message).toEqual([
      [-540, -540],
      [-540, -540],
    ]);
    await worker.terminate();
  });
});
