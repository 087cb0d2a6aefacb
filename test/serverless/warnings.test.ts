import { type FunctionSpec, type PlatformApi, type ServerlessOptions, SnapshotBuilder } from 'isolet';
import { describe, expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const api = { log: () => 1, fetch: async () => 1, kv: { get: () => 1, put: () => 1 } };

async function warnings(
  code: string,
  options: ServerlessOptions = {},
  rest: Partial<FunctionSpec> = {},
  platform: PlatformApi = api,
): Promise<string[]> {
  const deployment = await make(platform, options).deploy(spec(code, rest));
  return deployment.warnings.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const refusal = async (code: string, options: ServerlessOptions = {}, rest: Partial<FunctionSpec> = {}) =>
  (await failure(() => make(api, options).deploy(spec(code, rest)))).message;

describe('a name that nothing defines is a warning with its place', () => {
  test.each([
    ['a call', '() => {\n  return typo();\n}', "2:10 'typo' is not defined in the guest"],
    ['another scope', '() => { let a = 1; { let b = a; } return b; }', "1:42 'b' is not defined in the guest"],
    ['an assignment', '(e) => { if (e) typo = 1; }', "1:17 'typo' is not defined in the guest"],
    ['a module', 'const a = 1;\nexport default () => a + nope;', "2:26 'nope' is not defined in the guest"],
    ['CommonJS', '"use strict";\nmodule.exports = () => __dirname;', "2:24 '__dirname' is not defined in the guest"],
    ['code that does run', '() => { if (!0) typo(); }', "1:17 'typo' is not defined in the guest"],
    [
      'a property of something else',
      '() => { const g = {}; g.lib = globalThis.n; return lib; }',
      "1:52 'lib' is not defined in the guest",
    ],
    ['the other branch', '() => (0 ? 1 : 1 && typo())', "1:21 'typo' is not defined in the guest"],
    ['a name like one of the prototype’s', '() => constructor_', "1:7 'constructor_' is not defined in the guest"],
  ])('%s', async (_, code, warning) => {
    expect(await warnings(code)).toEqual([warning]);
    expect(await warnings(code, { validation: { unknownNames: false } })).toEqual([]);
    expect(await refusal(code, { validation: { rules: ['unknown-names'] } })).toBe(
      `acme:f can't be deployed: ${warning.slice(warning.indexOf(' ') + 1)} (unknown-names) ${warning.replace(/(\d+):(\d+).*/s, '(line $1, column $2)')}`,
    );
  });
});

describe('no warning and no error about a name', () => {
  test.each([
    [
      'that is declared, of the language, of the platform',
      `async function handler({ a = Math.max(1), ...rest }, context) {
      var { b: [c] = [], ...others } = rest;
      for (const key in rest) { let inner = key; log(inner); }
      try { JSON.parse(a); } catch ({ message }) { log(message); }
      class Local extends Map { #x = 1; static s = new Local(); get x() { return this.#x; } }
      outer: for (;;) { if (hoisted()) break outer; }
      if (typeof process !== 'undefined') process.exit();
      function hoisted() { return arguments.length + new.target; }
      { function inBlock() {} }
      inBlock(); handler; console.log(kv.get?.('x'), kv['put'], globalThis.whatever, undefined, NaN);
      return { c, others, shorthand: Local, a, [context.b]: 1, label: x => x };
    }`,
    ],
    ['that the global object inherits', '() => hasOwnProperty.call({}, "a") + toString.call([])'],
    ['that a bootstrap script declares', '() => VAT + new Money(1).c + requests + unit.length + round(1)'],
    ['asked for with typeof', '() => typeof window !== "undefined" ? window.x : 1'],
    ['asked for with in', '() => "lib" in globalThis ? lib : 1'],
    ['asked for as a property', '() => globalThis.lib ? lib : 1'],
    ['whose absence is caught', '() => { try { return lib; } catch { return 1; } }'],
    ['that is made by a property', '() => { globalThis.n ??= 1; return n; }'],
    ['that is made by this', '(function () { this.q = 4; return q; })'],
    ['that is made by Object.assign', '() => { Object.assign(globalThis, { lib: 3 }); return lib; }'],
    ['that is made by another name', '() => { const g = globalThis; g.lib = 3; return lib; }'],
    ['that is made by another name of this', '(function () { var root = this; root.lib = 3; return lib; })'],
    ['that is made by Function', '() => { const g = Function("return this")(); g.lib = 3; return lib; }'],
    ['that is made by defineProperty', '() => { Object.defineProperty(globalThis, "C", { value: 3 }); return C; }'],
    ['that is made by eval', '(function () { eval("var v = 3"); return v; })'],
    [
      'that is made while it is loaded',
      '((g, key) => { g[key("b")] = 1; return () => lib; })(globalThis, (x) => "li" + x)',
    ],
    ['of CommonJS', 'exports.handler = () => typeof require + module.exports.handler.length + exports.x;'],
    [
      'in code that never runs',
      'module.exports = (e) => e; 0 && (module.exports = { a, b }); if (!1) c(); else if (1 || d());',
    ],
    ['inside with', '(function (e) { with (e) { return inner; } })'],
  ])('%s', async (what, code) => {
    const bootstrap =
      'const VAT = 0.25; class Money { constructor(c) { this.c = c; } } let requests = 0; function round(x) { return x; } var unit = "EUR";';
    const pool = { runtime: { bootstrap } };
    expect(await warnings(code, { pool, validation: { rules: [] } })).toEqual([]);
    // What is known only when the code has run can't be known before.
    if (/while it is loaded/.test(what)) return;
    expect(await warnings(code, { pool, validation: { rules: ['unknown-names'] } })).toEqual([]);
  });

  test('that a snapshot declares', async () => {
    const snapshot = new SnapshotBuilder().executeScript('lib.js', 'const VAT = 0.25; class Money {}').build();
    const options = { pool: { runtime: { snapshot } } };
    expect(await warnings('(e) => e * VAT + new Money()', options)).toEqual([]);
    expect(await warnings('(e) => e * VAT + Mony', options)).toEqual(["1:18 'Mony' is not defined in the guest"]);
    const strict = { ...options, validation: { rules: ['unknown-names'] as const } };
    expect(await warnings('(e) => e * VAT + new Money()', strict)).toEqual([]);
    expect(await refusal('(e) => e * VAT + Mony', strict)).toContain("'Mony' is not defined in the guest");
  });
});

describe('a platform API that is not there', () => {
  const missing = "there is no platform API 'kv.list'";
  const forbidden = "platform API 'fetch' is not allowed for this function";

  test.each([
    ['() => kv.list("a")', missing],
    ['() => { if (1) kv.list(); }', missing],
    ['() => new kv.list()', missing],
    ['() => kv.list.all', missing],
    ['() => kv.list`a`', missing],
    ['() => kv?.list("a")', missing],
    ['export default () => kv.list()', missing],
    ['() => fetch("x")', forbidden],
  ])('is an error where it is called for certain: %s', async (code, message) => {
    expect(await refusal(code, {}, { apis: ['kv', 'log'] })).toContain(message);
  });

  test.each([
    ['() => typeof kv.list === "function" ? kv.list() : 7', missing],
    ['() => kv.list?.() ?? 7', missing],
    ['() => (kv.list && kv.list()) || 7', missing],
    ['() => { if (kv.list) kv.list(); return 7; }', missing],
    ['() => { if (!kv.list) return 7; return kv.list(); }', missing],
    ['() => kv.list?.all ?? 7', missing],
    ['() => { try { return kv.list(); } catch { return 7; } }', missing],
    ['() => { const { list } = kv; return list ? kv.list() : 7; }', missing],
    ['() => "list" in kv ? kv.list() : 7', missing],
    ['() => { kv.list = () => 7; return kv.list(); }', missing],
    ['() => { kv["list"] = () => 7; return kv.list(); }', missing],
    ['() => { Object.assign(kv, { list: () => 7 }); return kv.list(); }', missing],
    ['() => { globalThis.kv = { list: () => 7 }; return kv.list(); }', missing],
    ['() => { const { list } = kv; const f = kv.list; return f ? 0 : 7; }', missing],
    ['() => typeof fetch === "function" ? fetch("x") : 7', forbidden],
    ['() => globalThis.fetch ? fetch("x") : 7', forbidden],
  ])('is a warning where that can’t be decided, and the code runs: %s', async (code, message) => {
    const serverless = make(api);
    const deployment = await serverless.deploy(spec(code, { apis: ['kv', 'log'] }));
    expect(deployment.warnings).toMatchObject([{ message, path: ['code'], line: 1 }]);
    expect(await serverless.invoke('acme', 'f')).toBe(7);
  });

  test('is none where the name is somebody else’s', async () => {
    for (const code of [
      '() => { const kv = { list: () => 7 }; return kv.list(); }',
      '(e, c, kv = { list: () => 7 }) => kv.list()',
      '() => kv.constructor === Object && log.level',
      '() => kv.get.call(undefined, "a")',
    ]) {
      expect(await warnings(code)).toEqual([]);
    }
  });

  test('is an error of the rule unknown-names where it is read', async () => {
    const validation = { rules: ['unknown-names'] as const };
    expect(await refusal('() => [kv.list]', { validation })).toContain(missing);
    expect(await warnings('() => typeof kv.list', { validation })).toEqual([`1:14 ${missing}`]);
  });
});

describe('import() of a module that can’t be there', () => {
  const fails = "import('x') fails: a function can load no other modules, bundle them into its code";

  test.each([
    ['async () => import("x")', '1:13'],
    ['async (e) => {\n  const { a } = await import("x");\n  return a;\n}', '2:23'],
    ['export default async function () { return await import("x"); }', '1:49'],
  ])('is an error where the function always comes to it: %s', async (code, place) => {
    const [line, column] = place.split(':');
    expect(await refusal(code)).toContain(`${fails} (line ${line}, column ${column})`);
  });

  test.each([
    'async (e) => (e ? 7 : await import("x"))',
    'async (e) => { if (e) return 7; return await import("x"); }',
    'async () => import("x").catch(() => 7)',
    'async () => { try { return await import("x"); } catch { return 7; } }',
    'async () => { const load = () => import("x"); return 7; }',
  ])('is a warning elsewhere, and the code runs: %s', async (code) => {
    const serverless = make();
    const { warnings: found } = await serverless.deploy(spec(code));
    expect(found).toMatchObject([{ message: fails, line: 1 }]);
    expect(await serverless.invoke('acme', 'f', 1)).toBe(7);
  });
});

describe('code that V8 understands and the parser does not', () => {
  const code = '(e) => { if (!e) f() = 1; return 7; }';

  test('is deployed with a warning', async () => {
    const serverless = make();
    const { warnings: found } = await serverless.deploy(spec(code));
    expect(found).toMatchObject([
      { message: expect.stringMatching(/^the code was not checked: /), line: 1, column: 18 },
    ]);
    expect(await serverless.invoke('acme', 'f', 1)).toBe(7);
  });

  test('is refused where it has to keep rules', async () => {
    expect(await refusal(code, { validation: { rules: ['no-eval'] } })).toMatch(
      /syntax error: .*\(line 1, column 18\)$/,
    );
    expect(await refusal(code, {}, { timeout: -1 })).toContain("'timeout' must be a number");
  });
});

test('warnings stay with the version', async () => {
  const serverless = make();
  const first = await serverless.deploy(spec('() => typo'));
  await serverless.deploy(spec('() => 1'));
  expect(serverless.rollback('acme', 'f').warnings).toEqual(first.warnings);
  expect(serverless.list()[0]?.warnings).toEqual([
    { message: "'typo' is not defined in the guest", path: ['code'], line: 1, column: 7 },
  ]);
});
