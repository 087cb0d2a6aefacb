import { ServerlessRuntime } from 'isolet';
import { afterEach, expect, test } from 'vitest';

const made: ServerlessRuntime[] = [];
afterEach(async () => {
  for (const serverless of made.splice(0)) await serverless.cleanup();
});

/** The log lines of a function with this body. */
async function logged(body: string, pool: object = {}): Promise<string[]> {
  const serverless = new ServerlessRuntime({}, { pool });
  made.push(serverless);
  await serverless.deploy({ tenantId: 't', name: 'f', code: `() => { ${body} }` });
  const { logs } = await serverless.invoke('t', 'f', 0, { detailed: true });
  return logs.map(({ level, message }) => `${level} ${message}`);
}

const all = [
  ...['assert', 'clear', 'count', 'countReset', 'debug', 'dir', 'dirxml', 'error', 'group', 'groupCollapsed'],
  ...['groupEnd', 'info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'trace', 'warn'],
];

test('every method of the standard exists in a deployed function, with and without a console of the pool', async () => {
  const body = `const lost = ${JSON.stringify(all)}.filter((name) => console[name]('x') !== undefined); if (lost.length) throw lost`;
  expect((await logged(body)).length).toBeGreaterThan(8);
  expect(await logged(body, { console: false })).toEqual([]);
});

test('values are readable, whatever they are', async () => {
  expect(
    await logged(`console.log({ a: 10n }, 5n, [1, 'two']); console.log(new Map([['k', 1]]), new Set(['s']));
      console.log({ e: new Error('inner') }); const c = { n: 1 }; c.c = c; console.log(c);
      console.log([undefined, () => 1, Symbol('s')]); console.log({ get g() { throw 1 }, b: 2 }); console.log(new Uint8Array(2));
      console.log({ at: new Date(0) }); console.log({})`),
  ).toEqual([
    'log {"a":10n} 5 [1,"two"]',
    'log Map(1) {"k" => 1} Set(1) {"s"}',
    expect.stringMatching(/^log \{"e":Error: inner\n {4}at /),
    'log {"n":1,"c":[Circular]}',
    'log [undefined,[Function],Symbol(s)]',
    'log {"g":[not printable],"b":2}',
    'log Uint8Array(2) [0,0]',
    'log {"at":"1970-01-01T00:00:00.000Z"}',
    'log {}',
  ]);
});

test('formats, groups, counters, timers, tables, assertions and traces are as in the standard', async () => {
  const lines =
    await logged(`console.log('%s is %d or %i, %f, %o %O %j %c%% %x', 'it', '4.5', 6.7, '8.5', { a: 1 }, [2], 'q', 'css', 'rest');
    console.log('100%', 5); console.log('%d %d', Symbol('x')); console.group('g', 1); console.warn('a\\nb'); console.groupEnd(); console.info('out');
    console.count(); console.count({ toString: () => 'default' }); console.countReset(); console.count(); console.countReset('no');
    console.time('t'); console.timeLog('t', 5); console.time('t'); console.timeEnd('t'); console.timeEnd('t');
    console.table([{ a: 1, b: 'x' }, 5]); console.assert(false, 'why %s', 'not'); console.assert(0); console.dir({ d: 1 }, 2);
    (function inner() { console.trace('here') })()`);
  expect(lines).toEqual([
    'log it is 4 or 6, 8.5, {"a":1} [2] "q" % %x rest',
    'log 100% 5',
    'log NaN %d',
    'log g 1',
    'warn   a\n  b',
    'info out',
    'info default: 1',
    'info default: 2',
    'info default: 1',
    "warn Count for 'no' does not exist",
    expect.stringMatching(/^log t: \d+ms 5$/),
    "warn Timer 't' already exists",
    expect.stringMatching(/^info t: \d+ms$/),
    "warn Timer 't' does not exist",
    'log (index) | a | b   | Values\n0       | 1 | "x" |       \n1       |   |     | 5     ',
    'error Assertion failed: why not',
    'error Assertion failed',
    'log {"d":1}',
    expect.stringMatching(/^debug Trace: here\n {4}at inner \(t\/f\.js:\d+:\d+\)(?!.*isolet:function)/s),
  ]);
});

test('a group that one invocation leaves open indents no line of the next', async () => {
  const serverless = new ServerlessRuntime({});
  made.push(serverless);
  await serverless.deploy({ tenantId: 't', name: 'f', code: `() => { console.log('x'); console.group() }` });
  for (let i = 0; i < 2; i++) {
    const { logs } = await serverless.invoke('t', 'f', 0, { detailed: true });
    expect(logs.map(({ message }) => message)).toEqual(['x']);
  }
});

test('a large value is walked no further than its line is long', async () => {
  const lines = await logged(
    `const list = new Array(100_000).fill({ text: 'x'.repeat(1000) }); console.log(list, list); console.log('after')`,
  );
  expect(lines[0]?.length).toBeLessThan(20_000);
});
