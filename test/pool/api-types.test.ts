import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type ApiDeclaration, type CallerContext, type PlatformApi, RuntimePool, ServerlessRuntime } from 'isolet';
import { expect, expectTypeOf, test } from 'vitest';

/** A schema as zod, valibot or arktype would make it; what is checked here is checked by the compiler. */
function schema<In, Out>(convert: (value: In) => Out): StandardSchemaV1<In, Out> {
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: convert(value as In) }) },
  };
}

const text = schema((value: string) => value);
const count = schema((value: string) => Number(value));

test('input schemas type the handler’s arguments, at any depth', async () => {
  const pool = new RuntimePool({
    one: {
      input: text,
      handler: (caller, key) => {
        expectTypeOf(caller).toEqualTypeOf<CallerContext>();
        expectTypeOf(key).toEqualTypeOf<string>();
        return key.toUpperCase();
      },
    },
    several: {
      input: [text, count],
      timeout: 500,
      handler: async ({ tenantId }, key, n) => {
        expectTypeOf(key).toEqualTypeOf<string>();
        expectTypeOf(n).toEqualTypeOf<number>();
        return `${tenantId} ${key.repeat(n)}`;
      },
    },
    store: {
      deep: {
        get: {
          input: [count],
          output: text,
          handler: (_caller, n) => {
            expectTypeOf(n).toEqualTypeOf<number>();
            return n.toFixed(1);
          },
        },
      },
      // Nothing is known of what the guest passes.
      raw: { handler: (_caller, ...values) => expectTypeOf(values).toEqualTypeOf<any[]>() && values.length },
      plain: (a: number, b: number) => a + b,
    },
  });
  const code = '() => [one("a"), store.deep.get("2"), store.raw(1, 2), store.plain(1, 2)]';
  expect(await pool.invoke({ tenantId: 't', name: 'f', code })).toEqual(['A', '2.0', 2, 3]);
  expect(await pool.invoke({ tenantId: 't', name: 'g', code: '() => several("x", "3")' })).toBe('t xxx');
  await pool.close();
});

test('what the handler takes must fit what the schema answers', async () => {
  const serverless = new ServerlessRuntime({
    // @ts-expect-error the schema answers a string
    wrong: { input: text, handler: (_caller, n: number) => n },
    right: { input: count, handler: (_caller, n: number) => n },
    fewer: { input: [text, count], handler: () => 1 },
  });
  await serverless.cleanup();
});

test('APIs that are put together elsewhere need no more than their type', async () => {
  const declared: ApiDeclaration<typeof text> = { input: text, handler: (_caller, key) => key.length };
  const untyped: ApiDeclaration = { input: [text, text], handler: (_caller, a: string, b: string) => a + b };
  const api: PlatformApi = { declared, group: { untyped }, log: (line: string) => line };
  const pool: RuntimePool = new RuntimePool(api);
  const typed = new ServerlessRuntime({ declared, list: { input: text, handler: (_c, key) => key.length } });
  const kept: ServerlessRuntime = typed;
  const code = '() => [declared("abc"), group.untyped("a", "b"), log("c")]';
  expect(await pool.invoke({ tenantId: 't', name: 'f', code })).toEqual([3, 'ab', 'c']);
  await Promise.all([pool.close(), kept.cleanup()]);
});
