import { functionKey, type PlatformApi } from 'isolet';
import { expect, test } from 'vitest';
import { usePools } from './support.ts';

const makePool = usePools();

const who: PlatformApi = { who: { handler: (caller) => [caller.tenantId, caller.functionName] } };
const codes = ['(event, c) => [...who(), c.tenantId, c.functionName]'].flatMap((code) => [
  code,
  `export default ${code}`,
]);

test.each(codes)('any text is the id of a tenant and the name of a function: %s', async (code) => {
  const pool = makePool(who, { maxRuntimes: 20 });
  const inherited = ['__proto__', 'constructor', 'toString'];
  const separators = ['a', 'a:b', 'b:c', 'c', 'a@b', 'a%3ab', 'a%', '%', 'a/b', '..', ' '];
  const ids = [...inherited, ...separators, '\ud800', '\udfff', 'x\ud800', '😀', 'x'.repeat(10_000), '\0', 'a\nb'];
  const keys = new Set<string>();
  for (const tenantId of ids) {
    for (const name of [tenantId, 'f', 'c', 'b:c']) {
      expect(await pool.invoke({ tenantId, name, code })).toEqual([tenantId, name, tenantId, name]);
      keys.add(functionKey(tenantId, name));
    }
  }
  const names = new Set(ids.flatMap((id) => [id, 'f', 'c', 'b:c'].map((name) => JSON.stringify([id, name]))));
  expect(keys.size).toBe(names.size);
});
