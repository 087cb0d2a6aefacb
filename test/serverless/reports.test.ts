import { invocationOf, RuntimeTerminatedError } from 'isolet';
import { expect, test } from 'vitest';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

/** Two tenants whose invocations wait until they are stopped, `wait()` resolves when both do. */
async function waiting() {
  let started: () => void = () => {};
  let count = 0;
  const both = new Promise<void>((resolve) => {
    started = () => ++count === 2 && resolve();
  });
  const serverless = make({ wait: () => new Promise(() => started()) }, { drainTimeout: 10 });
  const code = '(event, c) => { console.log("private to " + c.tenantId); return wait(); }';
  for (const tenantId of ['a', 'b']) await serverless.deploy(spec(code, { tenantId }));
  return { serverless, both };
}

class ShutdownError extends Error {
  override name = 'ShutdownError';
  readonly code = 'E_SHUTDOWN';
}

const reasons: [string, unknown, object][] = [
  [
    'what ended another runtime',
    new RuntimeTerminatedError('enough'),
    { code: 'ERR_ISOLET_TERMINATED', reason: 'enough' },
  ],
  ['none', undefined, { name: 'AbortError', code: 20 }],
  ['an error', new ShutdownError('bye'), { name: 'ShutdownError', message: 'bye', code: 'E_SHUTDOWN' }],
  ['a frozen error', Object.freeze(new RangeError('no')), { name: 'RangeError', message: 'no' }],
  ['a timeout', new DOMException('late', 'TimeoutError'), { name: 'TimeoutError', message: 'late', code: 23 }],
  ['a text', 'client closed', { name: 'AbortError', message: "The invocation was aborted: 'client closed'" }],
  ['null', null, { name: 'AbortError', message: 'The invocation was aborted: null' }],
];

test.each(reasons)(
  'one signal that ends several invocations with %s: each error has the report of its own',
  async (_, reason, like) => {
    const { serverless, both } = await waiting();
    const controller = new AbortController();
    const { signal } = controller;
    const ended = ['a', 'b'].map((tenantId) =>
      failure(serverless.invoke(tenantId, 'f', 0, { signal, invocationId: `of ${tenantId}` })),
    );
    await both;
    controller.abort(reason);
    const errors = await Promise.all(ended);
    for (const [i, tenantId] of ['a', 'b'].entries()) {
      const error = errors[i];
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject(like);
      expect(error.cause).toBe(signal.reason);
      if (signal.reason instanceof Error) expect(error).toBeInstanceOf(signal.reason.constructor);
      expect(invocationOf(error)).toMatchObject({
        tenantId,
        invocationId: `of ${tenantId}`,
        outcome: 'aborted',
        logs: [{ message: `private to ${tenantId}` }],
      });
    }
    expect(invocationOf(signal.reason)).toBeUndefined();
  },
);

test('an invocation that did not start has no report, whatever ended others', async () => {
  const { serverless, both } = await waiting();
  const controller = new AbortController();
  const { signal } = controller;
  const running = ['a', 'b'].map((tenantId) => failure(serverless.invoke(tenantId, 'f', 0, { signal })));
  await both;
  controller.abort();
  await Promise.all(running);
  const late = await failure(serverless.invoke('a', 'f', 0, { signal }));
  expect(late).toMatchObject({ name: 'AbortError', cause: signal.reason });
  expect(invocationOf(late)).toBeUndefined();
});

test('one end of a runtime, one error and one report for each that was in it', async () => {
  const { serverless, both } = await waiting();
  const ended = [1, 2].map((n) => failure(serverless.invoke('a', 'f', 0, { invocationId: `n${n}` })));
  await both;
  await serverless.undeploy('a', 'f');
  const errors = await Promise.all(ended);
  expect(errors[0]).not.toBe(errors[1]);
  expect(errors.map((error) => invocationOf(error)?.invocationId)).toEqual(['n1', 'n2']);
});

test('an invocation that fails inside another keeps its report, and so does the other', async () => {
  const serverless = make({ call: { handler: (): unknown => serverless.invoke('inner', 'f') } });
  await serverless.deploy(spec('() => { throw new Error("inner"); }', { tenantId: 'inner' }));
  await serverless.deploy(spec('() => call()', { tenantId: 'outer' }));
  const error = await failure(serverless.invoke('outer', 'f'));
  expect(invocationOf(error)?.tenantId).toBe('outer');
  expect(invocationOf(error.cause)?.tenantId).toBe('inner');
});

test('also where a secret of the outer one is in what the inner one failed with', async () => {
  const serverless = make({ call: { handler: (_, event): unknown => serverless.invoke('inner', 'f', event) } });
  await serverless.deploy(spec('(event) => { throw new Error(event); }', { tenantId: 'inner' }));
  await serverless.deploy(spec('(event, { env }) => call(env.S)', { tenantId: 'outer', secrets: { S: 'hunter22' } }));
  const error = await failure(serverless.invoke('outer', 'f'));
  expect(error.cause.message).toBe('[redacted]');
  expect(invocationOf(error)?.tenantId).toBe('outer');
  expect(invocationOf(error.cause)?.tenantId).toBe('inner');
});

test('a signal that ends invocations while the platform is asked for a tier ends each with an error of its own', async () => {
  let tier: string | Promise<string> = 't';
  const serverless = make({}, { tiers: { t: {} }, tenantTier: () => tier });
  await serverless.deploy(spec('() => 1'));
  tier = new Promise(() => {});
  const controller = new AbortController();
  const { signal } = controller;
  const ended = [1, 2].map(() => failure(serverless.invoke('acme', 'f', 0, { signal })));
  controller.abort(new ShutdownError('bye'));
  const [first, second] = await Promise.all(ended);
  expect(first).not.toBe(second);
  for (const error of [first, second]) expect(error).toMatchObject({ name: 'ShutdownError', cause: signal.reason });
});
