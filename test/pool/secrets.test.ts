import { inspect } from 'node:util';
import { invocationOf } from 'isolet';
import { expect, test } from 'vitest';
import { fn, usePools } from './support.ts';

const makePool = usePools();

const token = 'sk_live_0123456789abcdefghij';
const pem = '-----BEGIN KEY-----\nMIIBabcdefgh12345678\nZZZZqqqqwwww9999\n-----END KEY-----\n';
const awkward = `p"s's\\/w+o&r d<%41>é.*\t[x]${'`'}`;

type Pool = ReturnType<typeof makePool>;

/** Everything that can be read of one invocation, apart from its result. */
async function readable(pool: Pool, spec: Parameters<Pool['invoke']>[0], event?: unknown): Promise<string> {
  const seen: unknown[] = [];
  const note = (about: unknown) => seen.push(about);
  for (const name of ['log', 'invoke', 'refused'] as const) pool.on(name, note);
  const all: unknown[] = [seen];
  try {
    const { logs, logsDropped } = await pool.invoke(spec, event, { detailed: true });
    all.push(logs, logsDropped);
  } catch (error) {
    all.push(error, invocationOf(error), String(error));
    // What is not enumerable is not printed.
    for (let at: any = error; at instanceof Error; at = at.cause) {
      const { name, message, stack, thrown, frames } = at as any;
      all.push(name, message, stack, thrown, frames);
    }
  }
  for (const name of ['log', 'invoke', 'refused'] as const) pool.off(name, note);
  const shown = inspect(all, {
    depth: 12,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
  return `${shown} ${all.map((part) => (typeof part === 'string' ? part : '')).join('\n')} ${json(all)}`;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

const shapes: [string, string][] = [
  ['a line', 'console.log("key", s); log(s)'],
  ['a property', 'console.log({ s }, [s], new Map([[s, s]]), new Set([s]), { [s]: 1 }, new Error(s))'],
  [
    'a format, a table, a group, a label',
    'console.log("%s %o %j", s, s, s); console.table([{ s }]); console.group(s); console.count(s); console.time(s); console.timeEnd(s)',
  ],
  [
    'a function and a symbol that are logged',
    'console.log({ f: Object.defineProperty(() => 1, "name", { value: s }) }, Symbol(s), [Symbol(s)])',
  ],
  ['the message', 'throw new Error("bad " + s)'],
  ['the name', 'throw Object.assign(new Error("x"), { name: s })'],
  ['the name of a class', 'console.log([new ({ [s]: class {} })[s]()])'],
  ['the stack', 'const e = new Error("x"); e.stack = s; throw e'],
  ['a function on the stack', '({ [s]() { throw new Error("x"); } })[s]()'],
  ['a property of an error', 'throw Object.assign(new Error("x"), { code: s, headers: { auth: [s] }, [s]: 1 })'],
  ['a cause', 'throw new Error("a", { cause: new Error("b", { cause: { s } }) })'],
  ['an AggregateError', 'throw new AggregateError([new Error(s), s, { s }], s)'],
  ['a text', 'throw s'],
  ['an object', 'throw { s, list: [s], nested: { deep: { s } }, [s]: 1 }'],
  ['a cycle', 'const a = { s }; a.self = a; a.list = [a]; throw a'],
  ['a Map and a Set', 'throw [new Map([[s, { s }], [{ s }, 1]]), new Set([s, [s]])]'],
  ['a sparse array', 'const a = []; a[50] = s; throw a'],
  ['a RegExp', 'throw [new RegExp(s), new RegExp("(?<a>x" + s + "/)", "g")]'],
  ['a String object', 'throw new String(s)'],
  ['bytes', 'throw new Uint8Array([...s].map((c) => c.charCodeAt(0)))'],
  ['16-bit units', 'throw { raw: new Uint16Array([...s].map((c) => c.charCodeAt(0))).buffer }'],
  ['a function', 'throw { f: Object.defineProperty(() => 1, "name", { value: s }) }'],
  ['a symbol', 'throw Symbol(s)'],
  ['a value that can not cross', 'return { [s]: Symbol(s) }'],
  ['a rejection', 'return Promise.reject(new Error(s))'],
  ['a rejection nobody waits for', 'Promise.reject(new Error(s)); return pause()'],
  ['an error of the platform', 'return fail(s)'],
  [
    'an error of the platform inside another',
    'return fail(s).catch((cause) => { throw new Error("failed", { cause }) })',
  ],
  ['a module that is not there', 'return import("node:" + s)'],
];

test.each(shapes)('a secret can not be read in %s', async (_, body) => {
  const pool = makePool({
    pause: () => new Promise((resolve) => setTimeout(resolve, 10)),
    fail: (text: string) => Promise.reject(Object.assign(new TypeError(`upstream: ${text}`), { status: 401, text })),
  });
  const text = await readable(pool, fn(`(event, { env: { S: s }, log }) => { ${body} }`, { secrets: { S: token } }));
  expect(text).not.toContain('sk_live');
  expect(text).toMatch(/redacted/);
});

const writers: [string, string, (text: string) => string][] = [
  ['as it is', 's', (s) => s],
  ['in JSON', 'JSON.stringify({ s })', (s) => JSON.stringify({ s })],
  ['in JSON in JSON', 'JSON.stringify(JSON.stringify([s]))', (s) => JSON.stringify(JSON.stringify([s]))],
  ['in a URL', '"?t=" + encodeURIComponent(s)', (s) => `?t=${encodeURIComponent(s)}`],
  ['in a URL of small letters', 'encodeURIComponent(s).replace(/%../g, (x) => x.toLowerCase())', encodeURIComponent],
  ['in a path', 'encodeURI(s)', encodeURI],
  ['in a form', 'e', (s) => new URLSearchParams({ s }).toString()],
  ['in the query of a URL', 'e', (s) => new URL(`http://host/?${s.replaceAll('\n', '')}`).href],
  ['in the user of a URL', 'e', (s) => Object.assign(new URL('http://host'), { password: s }).href],
  ['in JSON of ASCII', 'e', (s) => JSON.stringify(s).replace('é', '\\u00e9')],
  ['in base64', 'e', (s) => `Basic ${Buffer.from(s).toString('base64')}`],
  ['in base64 after one more byte', 'e', (s) => Buffer.from(`:${s}:`).toString('base64')],
  ['in base64 after two more bytes', 'e', (s) => Buffer.from(`a:${s}:b`).toString('base64url')],
  [
    'in HTML',
    's.replace(/[&<>"\']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", \'"\': "&quot;", "\'": "&#39;" })[c])',
    (s) => s,
  ],
  ['in a pattern', 's.replace(/[\\\\^$.*+?()[\\]{}|\\/]/g, "\\\\$&")', (s) => s],
  [
    'in quotes',
    '"\'" + s.replace(/[\\\\\']/g, "\\\\$&").replaceAll("\\t", "\\\\t").replaceAll("\\n", "\\\\n") + "\'"',
    (s) => s,
  ],
];

test.each(writers)('a secret can not be read written %s', async (_, code, asEvent) => {
  const pool = makePool();
  for (const [secret, ...parts] of [
    [token, 'sk_live'],
    [awkward, 's\\/w', 'r d', 'r%20d', 'r+d'],
    [pem, 'MIIBabc', 'ZZZZqqq'],
  ] as const) {
    const spec = fn(
      `(e, { env: { S: s } }) => { const text = ${code}; console.log('<' + text + '>'); throw new Error(text); }`,
      {
        secrets: { S: secret },
      },
    );
    const written = asEvent(secret);
    const text = await readable(pool, spec, written);
    for (const part of parts) expect(text).not.toContain(part);
    expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(4, 16));
    expect(text).toContain('[redacted]');
  }
});

test('an error without its secrets still says whether to try again', async () => {
  const spec = fn('(event, { env }) => { throw new Error(env.KEY); }', { secrets: { KEY: token } });
  const error = await makePool({})
    .invoke(spec)
    .catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT', message: '[redacted]', retryable: false });
});

test('each line of a secret is a secret', async () => {
  const pool = makePool();
  const code =
    '(event, { env }) => { for (const line of env.KEY.split("\\n")) console.log(line); throw new Error(env.KEY.replaceAll("\\n", "")); }';
  const text = await readable(pool, fn(code, { secrets: { KEY: pem } }));
  for (const line of pem.trim().split('\n')) expect(text).not.toContain(line);
});

test('secrets that begin with another, end with another or overlap go as a whole', async () => {
  const pool = makePool();
  const secrets = { A: 'hunter2', B: 'hunter2-master-9f3a', C: 'master-9f3a-tail', D: 'ter2' };
  const spec = fn('(event, { log }) => { for (const text of event) log(text); throw new Error(event.join()); }', {
    secrets,
  });
  const { logs } = await pool
    .invoke(spec, [
      '<hunter2-master-9f3a>',
      '<hunter2>',
      '<hunter2-master-9f3a-tail>',
      '<hunter2hunter2>',
      '<hunter2-maste>',
    ])
    .then(
      () => expect.unreachable(),
      (error: Error) => {
        expect(error.message).toBe('<[redacted]>,<[redacted]>,<[redacted]>,<[redacted][redacted]>,<[redacted]-maste>');
        return invocationOf(error) as { logs: { message: string }[] };
      },
    );
  expect(logs.map(({ message }) => message)).toEqual([
    '<[redacted]>',
    '<[redacted]>',
    '<[redacted]>',
    '<[redacted][redacted]>',
    '<[redacted]-maste>',
  ]);
});

test('wherever a text is cut, no half of a secret is left', async () => {
  const pool = makePool();
  const secrets = { A: token };
  const lines = ['x + s', '{ k: x + s }', '{ [x + s]: 1 }', '[x, s]', 'new Map([[x, s]])'];
  for (let before = 20; before < 80; before += 3) {
    const bodies = lines.map((line) => `console.log(${line}); console.log('rest'); log(${line})`);
    for (const body of [
      ...bodies,
      'console.table([{ k: "y".repeat(140) + x + s }, { k: { k: "y".repeat(140) + x + s } }])',
    ]) {
      const maxLogBytes = body.includes('table') ? 16_384 : 90;
      const spec = fn(`(event, { env: { A: s }, log }) => { const x = 'x'.repeat(event); ${body} }`, {
        secrets,
        maxLogBytes,
      });
      expect(await readable(pool, spec, before)).not.toContain('sk_l');
    }
    for (const body of [
      'throw { k: x + s }',
      'throw [x + s]',
      'throw { [x + s]: 1 }',
      'return { [x + x + x + s]: Symbol() }',
    ]) {
      const spec = fn(`(event, { env: { A: s } }) => { const x = 'x'.repeat(event); ${body} }`, { secrets });
      expect(await readable(pool, spec, before)).not.toContain('sk_l');
    }
  }
});

test('text that only looks like the beginning of a secret stays', async () => {
  const pool = makePool();
  const spec = fn('(event, { log }) => { log("sk_live_ is a prefix"); log("sk_…"); log("Loading…"); log(1234) }', {
    secrets: { A: token, B: 'ng-is-not-loading', PIN: '123' },
  });
  const { logs } = await pool.invoke(spec, 0, { detailed: true });
  expect(logs.map(({ message }) => message)).toEqual(['sk_live_ is a prefix', 'sk_…', 'Loading…', '1234']);
});

test('values of fewer than four characters are not looked for, white space around a value does not count', async () => {
  const pool = makePool();
  const secrets = { A: '', B: 'abc', C: '      ', D: ` \n  ${token}\n`, E: ' ab ' };
  const spec = fn('(event, { env, log }) => { log("abc       ab " + env.D.trim()); throw { n: 1, b: "abc" }; }', {
    secrets,
  });
  const error: any = await pool.invoke(spec).catch((thrown: unknown) => thrown);
  expect(invocationOf(error)?.logs[0]?.message).toBe('abc       ab [redacted]');
  expect(error.thrown).toEqual({ n: 1, b: 'abc' });
});

test('numbers that are secrets go too', async () => {
  const pool = makePool();
  const spec = fn('(event, { env }) => { throw { pin: Number(env.PIN), big: BigInt(env.PIN), other: 5 }; }', {
    secrets: { PIN: '987654' },
  });
  const error: any = await pool.invoke(spec).catch((thrown: unknown) => thrown);
  expect(error.thrown).toEqual({ pin: '[redacted]', big: '[redacted]', other: 5 });
});
