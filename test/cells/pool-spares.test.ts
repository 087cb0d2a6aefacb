import type { CallerContext } from 'isolet';
import { describe, expect, it } from 'vitest';
import { fn, useCellPools } from './pool-support.ts';
import { hasCells } from './support.ts';

const makePool = useCellPools();
const whose = {
  handler: ({ tenantId, functionName }: CallerContext) => ({ tenantId, functionName }),
};
const code = 'async (event) => ({ ...(await whose()), event })';

describe.skipIf(!hasCells)('a tenant that gets a cell that was kept ready', () => {
  it.each([
    ['of the kind that was guessed', {}],
    ['of another kind', { memoryMb: 20 }],
    ['with handlers', { code: 'export default { default: async (event) => ({ ...(await whose()), event }) }' }],
  ])('has its own functions of the platform, %s', async (_, rest) => {
    const pool = makePool({ whose }, { isolation: { mode: 'process', spareCells: 2 } });
    await expect.poll(() => pool.stats().cells.spare).toBe(2);
    const tenants = ['a', 'b', 'c'];
    const asked = tenants.map((tenantId) => pool.invoke(fn(code, { tenantId, ...rest }), tenantId));
    for (const [i, answer] of (await Promise.all(asked)).entries()) {
      expect(answer).toMatchObject({ tenantId: tenants[i], functionName: 'f', event: tenants[i] });
    }
    expect(new Set(pool.cells.starts.map(({ pid }) => pid)).size).toBe(3);
    expect(pool.stats()).toMatchObject({ runtimes: 3, cells: { count: 3 } });
  });

  it('may use only what its specification allows', async () => {
    const pool = makePool({ whose, other: () => 1 }, { isolation: { mode: 'process', spareCells: 1 } });
    await expect.poll(() => pool.stats().cells.spare).toBe(1);
    const spec = fn('() => [typeof whose, typeof other]', { apis: ['other'] });
    expect(await pool.invoke(spec)).toEqual(['undefined', 'function']);
  });

  it('starts one where none is left', async () => {
    const pool = makePool({ whose }, { isolation: { mode: 'process', spareCells: 0 } });
    expect(await pool.invoke(fn(code), 1)).toMatchObject({ tenantId: 'acme', event: 1 });
    expect(pool.stats().cells).toMatchObject({ count: 1, spare: 0 });
  });
});
