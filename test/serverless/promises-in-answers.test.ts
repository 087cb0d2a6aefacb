import type { InvocationReport, ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

type Report = InvocationReport & { error?: unknown };

function reportsOf(serverless: ServerlessRuntime): Report[] {
  const reports: Report[] = [];
  serverless.on('handedOut', (report) => reports.push(report));
  return reports;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a promise that never settles is rejected when streamTimeout is over, and its time is paid for', async () => {
  const serverless = make();
  const reports = reportsOf(serverless);
  await serverless.deploy(spec('() => ({ never: [new Promise(() => {})] })', { streamTimeout: 100 }));
  const { never } = (await serverless.invoke('acme', 'f')) as { never: [Promise<unknown>] };
  const error = await failure(() => never[0]);
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 100 });
  expect(error.message).toContain("'streamTimeout'");
  await until(() => reports.length === 1, 'it has been reported');
  expect(reports[0]).toMatchObject({ outcome: 'timeout', limit: { name: 'streamTimeout', value: 100 } });
  expect(reports[0]?.durationMs).toBeGreaterThanOrEqual(90);
  expect(reports[0]?.limit?.observed).toBeGreaterThanOrEqual(90);
});

test('promises that are pending at the same time are paid for once', async () => {
  const serverless = make({ wait });
  const reports = reportsOf(serverless);
  await serverless.deploy(spec('() => Array.from({ length: 20 }, () => ({ later: wait(60) }))'));
  const answer = (await serverless.invoke('acme', 'f')) as { later: Promise<void> }[];
  const since = performance.now();
  await Promise.all(answer.map(({ later }) => later));
  await until(() => reports.length === 1, 'they have been reported');
  expect(reports[0]?.durationMs).toBeLessThan(2 * (performance.now() - since) + 60);
});

test('what a promise is rejected with has no secrets in it, for the host and in events', async () => {
  const serverless = make();
  const reports = reportsOf(serverless);
  const code =
    '(event, { env }) => ({ p: Promise.reject(Object.assign(new Error("with " + env.KEY), { key: env.KEY })) })';
  await serverless.deploy(spec(code, { secrets: { KEY: 'tok_12345678' } }));
  const { p } = (await serverless.invoke('acme', 'f')) as { p: Promise<unknown> };
  expect(await failure(() => p)).toMatchObject({ message: 'with [redacted]', thrown: { key: '[redacted]' } });
  await until(() => reports.length === 1, 'it has been reported');
  expect(reports[0]?.error).toMatchObject({ message: 'with [redacted]' });
});

test('a promise stays one at all its places, also those in what it answers', async () => {
  const serverless = make({ wait });
  const code = `() => {
    const p = wait(5).then(() => ({ more: [wait(5).then(() => 'inner')] }));
    return { p, list: [0, p], map: new Map([['key', p], [p, 1]]), set: new Set([1, p, 2]) };
  }`;
  await serverless.deploy(spec(code));
  const answer = (await serverless.invoke('acme', 'f')) as {
    p: Promise<{ more: [Promise<string>] }>;
    list: unknown[];
    map: Map<unknown, unknown>;
    set: Set<unknown>;
  };
  const { p, list, map, set } = answer;
  expect(p).toBeInstanceOf(Promise);
  expect(list[1] === p && map.get('key') === p && map.get(p) === 1).toBe(true);
  expect([...set].indexOf(p)).toBe(1);
  expect(await (await p).more[0]).toBe('inner');
});

test('what nobody looks at harms nobody', async () => {
  const serverless = make();
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  await serverless.deploy(spec('(event) => ({ p: event ? Promise.reject(new Error("x")) : new Promise(() => {}) })'));
  await serverless.invoke('acme', 'f', true);
  await serverless.invoke('acme', 'f', false);
  await serverless.cleanup({ drain: false });
  await wait(20);
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});

test('what a function that was handed out answers goes on like the answer of an invocation', async () => {
  const serverless = make({ wait });
  const reports = reportsOf(serverless);
  const code = `(event, { env }) => ({
    slow: async () => { await wait(260); await wait(1); return 'slow'; },
    fails: () => ({ p: wait(1).then(() => { throw new Error('with ' + env.KEY); }) }),
    never: () => new Promise(() => {}),
  })`;
  await serverless.deploy(spec(code, { secrets: { KEY: 'tok_12345678' }, streamTimeout: 600, timeout: 250 }));
  type Made = { slow(): Promise<string>; fails(): { p: Promise<unknown> }; never(): Promise<unknown> };
  const made = (await serverless.invoke('acme', 'f')) as Made;
  expect(await made.slow()).toBe('slow');
  await until(() => reports.length === 2, 'the call and what goes on of it have been reported');
  expect(reports[1]).toMatchObject({ outcome: 'ok', hostCalls: 1 });
  expect(reports[1]?.durationMs).toBeGreaterThanOrEqual(255);
  expect(await failure(() => made.fails().p)).toMatchObject({ message: 'with [redacted]' });
  expect(await failure(() => made.never())).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 600 });
  await until(() => reports.length === 6, 'all have been reported');
  await serverless.undeploy('acme', 'f');
  const { work } = serverless.usage('acme');
  expect(work.handedOut.count).toBe(6);
  expect(work.handedOut.hostCalls).toBe(3);
});

test('none is overlooked, however many answers come together and however soon it settles', async () => {
  const serverless = make({ wait });
  const reports = reportsOf(serverless);
  const code = `(event, { env }) => {
    const fail = () => { throw new Error('with ' + env.KEY); };
    return { p: event % 3 === 0 ? Promise.reject(new Error(env.KEY)) : wait(event % 5).then(fail) };
  }`;
  await serverless.deploy(spec(code, { secrets: { KEY: 'tok_12345678' }, maxRuntimes: 1 }));
  const messages = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const one = async (i: number) => {
      const { p } = (await serverless.invoke('acme', 'f', i)) as { p: Promise<unknown> };
      messages.add((await failure(() => p)).message);
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => one(i)));
  }
  expect([...messages].toSorted()).toEqual(['[redacted]', 'with [redacted]']);
  await until(() => reports.length === 240, 'all have been reported');
});
