import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

const pause = { pause: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) };
const messages = ({ logs }: { logs: { message: string }[] }) => logs.map(({ message }) => message);

test.each(['console', 'c'])('invocations that interleave have a log and a budget each: %s.log', async (log) => {
  const serverless = make(pause);
  const code = `async (e, c) => {
    ${log}.log(e.id, 'start');
    await pause(e.first);
    for (let i = 0; i < e.lines; i++) ${log}.log(e.id, i);
    await pause(e.second);
    ${log}.log(e.id, 'end');
  }`;
  await serverless.deploy(spec(code, { maxRuntimes: 1, maxLogBytes: 200 }));
  const run = (id: string, first: number, lines: number, second: number) =>
    serverless.invoke('acme', 'f', { id, first, lines, second }, { detailed: true });
  const [quiet, chatty, other] = await Promise.all([
    run('quiet', 20, 0, 60),
    run('chatty', 10, 2000, 5),
    run('other', 1, 2, 90),
  ]);
  expect(messages(quiet)).toEqual(['quiet start', 'quiet end']);
  expect(messages(other)).toEqual(['other start', 'other 0', 'other 1', 'other end']);
  expect(quiet.logsDropped + other.logsDropped).toBe(0);
  expect(messages(chatty).slice(0, 3)).toEqual(['chatty start', 'chatty 0', 'chatty 1']);
  expect(messages(chatty).every((message) => message.startsWith('chatty'))).toBe(true);
  expect(chatty.logsDropped).toBeGreaterThan(0);
});

test('the same invocationId for several invocations at once does not mix their logs', async () => {
  const serverless = make(pause);
  await serverless.deploy(
    spec(
      'async (e, c) => { c.log("c", e); console.log("console", e); await pause(5 * e); c.log("c", e); console.log("console", e); }',
      { maxRuntimes: 1 },
    ),
  );
  const seen: unknown[] = [];
  serverless.on('log', ({ invocationId, message }) => seen.push([invocationId, message]));
  const results = await Promise.all(
    [1, 2, 3].map((n) => serverless.invoke('acme', 'f', n, { detailed: true, invocationId: 'retry' })),
  );
  for (const [i, result] of results.entries()) {
    const n = i + 1;
    expect(messages(result)).toEqual([`c ${n}`, `console ${n}`, `c ${n}`, `console ${n}`]);
    expect(result.invocationId).toBe('retry');
  }
  expect(seen).toHaveLength(12);
});

test('groups of the console are the invocation’s', async () => {
  const serverless = make(pause);
  const code = `async (e) => {
    if (e.opens) console.group(e.id);
    await pause(e.first);
    console.log(e.id, 'a\\nb');
    await pause(e.second);
    console.groupEnd();
    console.log(e.id, 'end');
  }`;
  await serverless.deploy(spec(code, { maxRuntimes: 1 }));
  const run = (id: string, opens: boolean, first: number, second: number) =>
    serverless.invoke('acme', 'f', { id, opens, first, second }, { detailed: true });
  const [one, two, three] = await Promise.all([
    run('one', true, 20, 20),
    run('two', false, 10, 20),
    run('three', true, 1, 50),
  ]);
  expect(messages(one)).toEqual(['one', '  one a\n  b', 'one end']);
  expect(messages(two)).toEqual(['two a\nb', 'two end']);
  expect(messages(three)).toEqual(['three', '  three a\n  b', 'three end']);
});

test('groups are bounded: in depth, in number, and in what they add to a line', async () => {
  const serverless = make();
  const code = `() => {
    for (let i = 0; i < 40; i++) console.group();
    console.log('\\n'.repeat(1000));
    for (let i = 0; i < 100_000; i++) { console.groupEnd(); console.group(); }
    console.log('x');
  }`;
  await serverless.deploy(spec(code, { maxLogBytes: 8000 }));
  const { logs } = await serverless.invoke('acme', 'f', 0, { detailed: true });
  expect(logs).toHaveLength(1);
  expect(logs[0]?.message.startsWith(`${' '.repeat(64)}\n${' '.repeat(64)}\n`)).toBe(true);
  expect(logs[0]?.message.length).toBe(8000 - 41 * 16);
});

test('what logs by the context of an invocation that was answered is in nobody else’s log', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const code = `(() => {
    let first;
    return async (event, c) => {
      first ??= c;
      if (event === 'first') return;
      await wait();
      first.log('late');
      c.log('own');
    };
  })()`;
  await serverless.deploy(spec(code, { maxRuntimes: 1 }));
  await serverless.invoke('acme', 'f', 'first', { invocationId: 'same' });
  const second = serverless.invoke('acme', 'f', 'second', { detailed: true, invocationId: 'same' });
  await expect.poll(waiting).toBe(1);
  open();
  expect(messages(await second)).toEqual(['own']);
});

test('a line is cut at what is left, and counted', async () => {
  const serverless = make();
  await serverless.deploy(
    spec('(e, c) => { c.log("x".repeat(60)); c.log("y".repeat(60)); c.log("z"); }', { maxLogBytes: 116 }),
  );
  const { logs, logsDropped } = await serverless.invoke('acme', 'f', 0, { detailed: true });
  expect(logs.map(({ message }) => message)).toEqual(['x'.repeat(60), 'y'.repeat(24)]);
  expect(logsDropped).toBe(2);
});

test('what takes the place of a secret does not count as the secret would', async () => {
  const serverless = make();
  const secrets = { KEY: 'k'.repeat(500) };
  await serverless.deploy(
    spec('(e, c) => { for (let i = 0; i < 6; i++) c.log(i, c.env.KEY); }', { secrets, maxLogBytes: 520 }),
  );
  const { logs } = await serverless.invoke('acme', 'f', 0, { detailed: true });
  expect(logs.map(({ message }) => message)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `${i} [redacted]`));
});

test('a console that floods, or logs while it logs, throws nothing', async () => {
  const serverless = make();
  const code = `() => {
    for (let i = 0; i < 300_000; i++) console.log('line', i);
    const loud = { toJSON() { console.log('inner'); return 'loud'; } };
    console.log({ loud });
    const deep = () => { try { deep(); } catch { console.log({ a: 1 }); } };
    deep();
    return 'done';
  }`;
  await serverless.deploy(spec(code, { maxLogBytes: 100 }));
  const { value, logs } = await serverless.invoke('acme', 'f', 0, { detailed: true });
  expect(value).toBe('done');
  expect(logs.map(({ message }) => message)).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
});
