import { Runtime, RuntimePool, ServerlessRuntime } from 'isolet';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type Warning = Error & { code?: string };
const warnings: Warning[] = [];
const faults: unknown[] = [];
const noteWarning = (warning: Error) => void warnings.push(warning);
const noteFault = (error: unknown) => void faults.push(error);
const events = ['uncaughtException', 'unhandledRejection'] as const;
let others: [(typeof events)[number], NodeJS.UncaughtExceptionListener[]][] = [];

beforeEach(() => {
  warnings.length = 0;
  faults.length = 0;
  // The runner's own would end the test.
  others = events.map((name) => [name, process.listeners(name as 'uncaughtException')]);
  for (const name of events) process.removeAllListeners(name).on(name, noteFault);
  process.on('warning', noteWarning);
});

afterEach(() => {
  process.off('warning', noteWarning);
  for (const [name, listeners] of others) {
    process.off(name, noteFault);
    for (const listener of listeners) process.on(name, listener);
  }
});

const ofListeners = () => warnings.filter(({ code }) => code === 'ISOLET_LISTENER_THREW').map(({ message }) => message);
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** One listener that throws, one that rejects, one of each that is called once, and one behind them that counts. */
function faulty(
  emitter: { on(name: string, fn: () => unknown): unknown; once(name: string, fn: () => unknown): unknown },
  name: string,
) {
  const seen = vi.fn();
  const throwing = () => {
    throw new Error(`broken ${name}`);
  };
  const rejecting = async () => throwing();
  emitter.on(name, throwing);
  emitter.on(name, rejecting);
  emitter.once(name, throwing);
  emitter.once(name, rejecting);
  emitter.on(name, seen);
  return seen;
}

test('of a serverless runtime, on every event: a warning, and the others are called', async () => {
  const serverless = new ServerlessRuntime({});
  const names = ['deploy', 'coldStart', 'ready', 'reuse', 'invoke', 'log', 'evict', 'undeploy'];
  const seen = names.map((name) => faulty(serverless as never, name));
  await serverless.deploy({ tenantId: 't', name: 'f', code: '() => { console.log("x"); return 1; }' });
  expect(await serverless.invoke('t', 'f')).toBe(1);
  expect(await serverless.invoke('t', 'f')).toBe(1);
  await serverless.undeploy('t', 'f');
  await serverless.cleanup();
  await settled();
  for (const [i, listener] of seen.entries()) expect(listener, names[i]).toHaveBeenCalled();
  for (const name of names)
    expect(ofListeners().filter((text) => text.includes(`broken ${name}\n`))).toHaveLength(
      4 + (['invoke', 'log'].includes(name) ? 2 : 0),
    );
  expect(ofListeners()[0]).toContain("A 'deploy' listener of 'isolet:serverless' threw: Error: broken deploy");
  expect(ofListeners().some((text) => text.includes("A 'deploy' listener of 'isolet:serverless' rejected"))).toBe(true);
  expect(faults).toEqual([]);
});

test('of a pool: a warning, and the invocation is answered', async () => {
  const pool = new RuntimePool({});
  const seen = ['refused', 'invoke', 'timeout'].map((name) => faulty(pool as never, name));
  await expect(pool.invoke({ tenantId: 't', name: 'f', code: '() => { for (;;); }', timeout: 20 })).rejects.toThrow(
    '20 ms',
  );
  await expect(pool.invoke({ tenantId: 't', name: 'f', code: '5' })).rejects.toThrow('not a function');
  await pool.close();
  await settled();
  for (const listener of seen) expect(listener).toHaveBeenCalledOnce();
  expect(ofListeners()).toHaveLength(12);
  expect(faults).toEqual([]);
});

test('of a runtime: a warning, and the others are called; likewise for its console handler', async () => {
  const runtime = new Runtime({
    console: async () => {
      throw new Error('broken handler');
    },
  });
  const names = ['console', 'unhandledRejection', 'terminated', 'close'];
  const seen = names.map((name) => faulty(runtime as never, name));
  await runtime.evalAsync('console.log(1); Promise.reject(new Error("x")); 1');
  await settled();
  runtime.terminate('enough');
  await settled();
  runtime.close();
  await settled();
  for (const listener of seen) expect(listener).toHaveBeenCalledOnce();
  expect(ofListeners()).toHaveLength(17);
  expect(
    ofListeners().filter((text) => text.startsWith('A console handler of an isolet runtime rejected')),
  ).toHaveLength(1);
  expect(faults).toEqual([]);
});
