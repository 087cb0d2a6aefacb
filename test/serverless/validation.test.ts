import type { ValidationError, ValidationIssue } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const api = { log: () => {}, fetch: async () => 1, kv: { get: () => 1, put: () => 1 } };

async function issues(code: string, options = {}, rest = {}): Promise<string[]> {
  const serverless = make(api, options);
  const error = await serverless.deploy(spec(code, rest)).then(
    () => undefined,
    (e: ValidationError) => e,
  );
  if (!error) return [];
  expect(error).toMatchObject({ code: 'ERR_ISOLET_VALIDATION', name: 'ValidationError' });
  return error.issues.map(({ line, column, message, path }: ValidationIssue) =>
    line === undefined ? `${path?.join('.')} ${message}` : `${line}:${column} ${message}`,
  );
}

test.each([
  ['a function expression', 'function (event) { return event; }'],
  ['with comments', '/* a */ (event) => event // b'],
  ['with semicolons after it', '() => 1;;\n'],
  ['a call that makes a function', '((n) => () => n)(1)'],
  ['a parenthesised function', '(() => 1)'],
  ['a generator', 'function* () { yield 1; }'],
  ['a class method', '({ m() { return 1; } }).m'],
])('accepts %s', async (_, code) => {
  expect(await issues(code)).toEqual([]);
});

test.each([
  ['an unclosed body', '(event) => {\n  return 1', '2:11 syntax error: unexpected end of the code'],
  ['an error in line 3', '(event) => {\n  const a = 1;\n  return a +* 2;\n}', '3:13 syntax error: Unexpected token'],
  ['an error in line 1', '(event) => ]', '1:12 syntax error: Unexpected token'],
  ['a closed parenthesis', '() => 1) + (2', '1:8 syntax error: Unexpected token'],
  ['a parenthesis that is closed and opened', '() => 1); ((e) => 2', '1:8 syntax error: Unexpected token'],
  [
    'a body that is closed and opened',
    'module.exports = () => 1 }), (function () {',
    '1:26 syntax error: Unexpected token',
  ],
])('refuses %s', async (_, code, issue) => {
  expect(await issues(code)).toEqual([issue]);
});

test('all problems come at once', async () => {
  const found = await issues(
    '(event) => {\n  debugger;\n  with (event) { }\n  fetch(1);\n  kv.put(1);\n  kv.drop();\n  unheardOf();\n}',
    { validation: { rules: ['no-with', 'no-debugger', 'unknown-names'] } },
    {
      apis: ['log', 'kv.get', 'nope'],
      timeout: -1,
      env: { A: 1 as never },
      secrets: { S: 'abc' },
      tier: 'gold',
      tenantId: '',
      memoryMB: 8,
    } as never,
  );
  expect(found).toEqual([
    "memoryMB 'memoryMB' is not a field of a function specification; did you mean 'memoryMb'?",
    "tenantId 'tenantId' must be a string of 1 to 256 characters without control characters. Received ''",
    "env.A 'env.A' must be a string. Received a value of type number",
    "secrets.S 'secrets.S' must be a string of at least 4 characters. Received one of 3",
    "tier there is no tier 'gold'",
    "timeout 'timeout' must be a number from 1 to 2147483647. Received -1",
    "apis.2 there is no platform API 'nope'",
    "2:3 'debugger' is not allowed (no-debugger)",
    "3:3 'with' is not allowed (no-with)",
    "4:3 platform API 'fetch' is not allowed for this function",
    "5:3 platform API 'kv.put' is not allowed for this function",
    "6:3 there is no platform API 'kv.drop'",
    "7:3 'unheardOf' is not defined in the guest (unknown-names)",
  ]);
});

test('rules: the built-in ones and the platform’s own', async () => {
  const all = [
    'no-eval',
    'no-wasm',
    'no-shared-memory',
    'no-proto',
    'no-constructor-chain',
    'no-constant-loop',
    'no-dynamic-import',
  ] as const;
  const code = `async (event) => {
    eval('1'); new Function('1'); WebAssembly; new SharedArrayBuffer(1);
    event.__proto__; event['constructor'].constructor('1')();
    while (true) {} for (;;) { event++; }
    for (;;) { await 0; } while (1) { break; }
    await import('x');
    const local = (eval2) => eval2;
  }`;
  expect(
    (await issues(code, { validation: { rules: all } })).map((text) => text.replace(/.*\((.*)\)$/, '$1')).sort(),
  ).toEqual([
    'no-constant-loop',
    'no-constant-loop',
    'no-constructor-chain',
    'no-dynamic-import',
    'no-eval',
    'no-eval',
    'no-proto',
    'no-shared-memory',
    'no-wasm',
  ]);
  const own = {
    name: 'no-console',
    visit: {
      MemberExpression: (node: { object?: { name?: string } }, report: (message: string) => void) => {
        if (node.object?.name === 'console') report('use context.log');
      },
    },
  };
  expect(await issues('() => { console.log(1); }', { validation: { rules: [own] } })).toEqual([
    '1:9 use context.log (no-console)',
  ]);
});

test('large code is refused without being parsed', async () => {
  const code = `() => "${'x'.repeat(1000)}"`;
  expect(await issues(code, { validation: { maxCodeSize: 100 } })).toEqual([
    `code the code has ${code.length} bytes, the limit is 100 (codeSize)`,
  ]);
  expect(await issues(`${'['.repeat(100_000)}`)).toHaveLength(1);
});

test('the message carries the first problem and the number of the others', async () => {
  const error = await failure(() => make(api).deploy(spec('() => { kv.a(); kv.b(); }')));
  expect(error.message).toBe(
    "acme:f can't be deployed: there is no platform API 'kv.a' (line 1, column 9) (and 1 more issue)",
  );
});
