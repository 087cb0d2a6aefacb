import { functionKey } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { fn, usePools } from './support.ts';

const makePool = usePools();

test.each([
  [
    'a function expression behind a shebang, a directive and comments',
    '#!/usr/bin/env node\n"use strict";\n// a\nfunction (e) { return this === undefined && e; } // b',
  ],
  ['semicolons and comments behind it', ';(e) => e; /* a */ ; // b\n//# sourceMappingURL=f.js.map'],
  ['an object with a method', '({ of: (e) => e, fetch(e) { return this.of(e); } })'],
  ['a promise of a function', '(async () => (e) => e)()'],
  [
    'a module that exports anything besides',
    'export const then = (f) => f(0), w = new WeakMap();\nexport const { handler } = { handler: (e) => e };',
  ],
  ['a module that begins with a variable', '"use strict"; // of exports\nvar of = (e) => e;\nexport default of;'],
  ['an expression that begins with a name like a keyword', 'var$ = (e) => e'],
  ['an expression that begins with a name of other letters', 'consté = (e) => e'],
  ['a module that exports an object', 'export default { of: (e) => e, async handler(e) { return this.of(e); } };'],
  ['CommonJS', '#!/usr/bin/env node\n"use strict";\nconst of = (e) => e;\nmodule.exports = of;'],
  ['CommonJS with names', 'exports.other = 1; exports.handler = (e) => e; // export'],
  [
    'CommonJS as one expression',
    'Object.defineProperty(exports, "__esModule", { value: true }), exports.default = (e) => e',
  ],
  [
    'a UMD bundle',
    '(function (root, make) { typeof module === "object" && module.exports ? (module.exports = make()) : (root.lib = make()); })(this, () => (e) => e); // exports',
  ],
])('the code of a function may be %s', async (_, code) => {
  const pool = makePool();
  const spec = fn(code);
  expect(await pool.invoke(spec, 4)).toBe(4);
  pool.evict(functionKey(spec.tenantId, spec.name));
  // The second runtime knows the form.
  expect(await pool.invoke(spec, 5)).toBe(5);
});

test.each([
  ['42', 'the code is not a function but a number; write (event, context) => … or export a function'],
  ['class A {}', 'the code is not a function but a class; export a function that uses it'],
  ['export default class {}', 'what the code exports is a class; export a function that uses it'],
  [
    'export default {};',
    "what the code exports is not a function and has none as 'default', 'handler' or 'fetch'; write export default (event, context) => …",
  ],
  [
    'exports.x = 1;',
    "what the code exports is not a function and has none as 'default', 'handler' or 'fetch'; write module.exports = (event, context) => …",
  ],
])('what is not a function is refused with what to write: %s', async (code, message) => {
  const error = await failure(() => makePool().invoke(fn(code)));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_VALIDATION', issues: [{ message, line: 1, column: 1 }] });
});

test('code that has no form that is known is not run in part', async () => {
  const lines: string[] = [];
  const pool = makePool({ note: (line: string) => void lines.push(line) });
  for (const code of [
    'note("a"); () => 1',
    'note("b"); export default () => 1 +',
    'note("c"); module.exports = () => {',
  ]) {
    expect(await failure(() => pool.invoke(fn(code)))).toMatchObject({ name: 'SyntaxError' });
  }
  expect(lines).toEqual([]);
});

test('a function of CommonJS is told that it can load nothing', async () => {
  const error = await failure(() => makePool().invoke(fn('const fs = require("fs");\nmodule.exports = () => fs;')));
  expect(error['message']).toBe(
    "Cannot find module 'fs': a function can load no other modules, bundle them into its code",
  );
});

test('names of any shape and length name the module of a function', async () => {
  const pool = makePool();
  for (const name of ['\ud800', 'x'.repeat(10_000), '../..', '__proto__', 'a?b#c']) {
    expect(await pool.invoke(fn('export default (e) => e;', { name, tenantId: name }), 1)).toBe(1);
  }
});
