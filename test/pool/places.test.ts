import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { fn, usePools } from './support.ts';

const makePool = usePools();

// `¦` marks the place where the error is made.
test.each([
  ['an expression', '(e) => { throw ¦new Error("x"); }'],
  ['an expression behind a head', '#!/x\n"use strict"; (e) => { throw ¦new Error("x"); }; // y'],
  ['a later line', '(e) => {\n  throw ¦new Error("x");\n}'],
  ['CommonJS in one line', '"use strict";const f=(e)=>{throw ¦new Error("x")};module.exports=f;'],
  ['CommonJS in lines', 'const f = (e) => {\n  throw ¦new Error("x");\n};\nmodule.exports = f;'],
  ['an ES module', 'const a = 1;\nexport default (e) => { throw ¦new Error("x"); };'],
])('errors of an invocation have the columns of the code: %s', async (_, marked) => {
  const pool = makePool();
  const before = marked.slice(0, marked.indexOf('¦')).split('\n');
  const place = { lineNumber: before.length, columnNumber: (before.at(-1)?.length ?? 0) + 1 };
  for (const secrets of [{}, { KEY: 'a secret' }]) {
    const error = await failure(() => pool.invoke(fn(marked.replace('¦', ''), { secrets })));
    expect(error['frames']).toEqual(expect.arrayContaining([expect.objectContaining(place)]));
    expect((error['frames'] as object[])[0]).toMatchObject(place);
    expect(error.stack?.split('\n')[1]).toContain(`.js:${place.lineNumber}:${place.columnNumber}`);
  }
});

test('an error while a function is loaded has them too', async () => {
  const error = await failure(() => makePool().invoke(fn('const n = 1; null.x; module.exports = () => n;')));
  expect((error['frames'] as object[])[0]).toMatchObject({ lineNumber: 1, columnNumber: 19 });
});
