import { functionKey, getProcessStats, type JavaScriptError, Runtime, type RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { fn, usePools } from './support.ts';

const makePool = usePools();
const hits = () => getProcessStats().codeCacheHits;
/** What a cold start finds whatever the function is: the pool's own script. */
async function hitsOfPool(pool: RuntimePool): Promise<number> {
  let before = 0;
  for (let i = 0; i < 3; i++) {
    before = hits();
    await pool.invoke(fn('() => 1', { name: `small${i}` }));
  }
  return hits() - before;
}

const padding = () => `/* ${Math.random()} ${'-'.repeat(3000)} */`;

test.each([
  ['an expression', () => `async (event) => { ${padding()} const helper = () => event + 1; return helper(); }`],
  [
    'a module',
    () => `${padding()} const helper = (event) => event + 1; export default async (event) => helper(event);`,
  ],
])('a runtime that replaces the first one of a function does not compile it again: %s', async (_, code) => {
  const pool = makePool({}, { stock: 0 });
  const always = await hitsOfPool(pool);
  const { coldStarts } = pool.stats();
  const spec = fn(code());
  expect(await pool.invoke(spec, 1)).toBe(2);
  // What is asked next in the same runtime comes after the code was kept.
  expect(await pool.invoke(spec, 2)).toBe(3);
  expect(pool.evict(functionKey(spec.tenantId, spec.name))).toBe(1);
  const before = hits();
  expect(await pool.invoke(spec, 3)).toBe(4);
  expect(pool.stats().coldStarts - coldStarts).toBe(2);
  expect(hits() - before).toBe(always + 1);
});

test("reuse: 'fresh' takes it from the third runtime on", async () => {
  const pool = makePool({}, { stock: 0 });
  const always = await hitsOfPool(pool);
  const spec = fn(`(event) => { ${padding()} return event * 2; }`, { reuse: 'fresh' });
  for (let i = 0; i < 2; i++) expect(await pool.invoke(spec, i)).toBe(2 * i);
  const before = hits();
  expect(await pool.invoke(spec, 4)).toBe(8);
  expect(hits() - before).toBe(always + 1);
});

test('another tenant with the same text gets its own name in stack traces', async () => {
  const pool = makePool({}, { stock: 0 });
  const code = `() => { ${padding()} return new Error('x').stack; }`;
  for (const tenantId of ['one', 'two', 'one', 'two']) {
    expect(await pool.invoke(fn(code, { tenantId, reuse: 'fresh' }))).toContain(`${tenantId}/f.js:1:`);
  }
});

test.each([
  ['ASCII', 'plain'],
  ['other characters', 'ünïcödé 漢字'],
])('a long text whose code is kept is the same in every runtime that gets it: %s', async (_, word) => {
  const pool = makePool({}, { stock: 1 });
  const filler = Array.from({ length: 2000 }, (_, i) => `  // ${word} ${i} ${Math.random()} ${'-'.repeat(20)}`).join(
    '\n',
  );
  const code = `(event, context) => {\n${filler}
  function own() { return '${word}'; }
  if (event === 'throw') throw new Error('here');
  return [own(), own.toString(), event.length];
}`;
  const line = 2 + 2000 + 1;
  for (let i = 0; i < 4; i++) {
    const spec = fn(code, { tenantId: 'one', memoryMb: 8 });
    expect(await pool.invoke(spec, 'text')).toEqual([word, `function own() { return '${word}'; }`, 4]);
    const error = (await pool.invoke(spec, 'throw').catch((thrown) => thrown)) as JavaScriptError;
    expect(error.frames[0]).toMatchObject({ fileName: 'one/f.js', lineNumber: line });
    expect(pool.evict(functionKey('one', 'f'))).toBe(1);
  }
  // The same text as what it is in scripts that come one after the other in one runtime.
  const runtime = new Runtime();
  const script = `/* ${filler} */ '${word}'`;
  for (let i = 0; i < 4; i++) {
    expect(runtime.eval(script)).toBe(word);
    expect(runtime.eval(`${script}.length`)).toBe(word.length);
  }
  runtime.close();
});
