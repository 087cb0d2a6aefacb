import { type PlatformApi, RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fn, usePools } from './support.ts';

const make = usePools();
const handler = () => 1;

class Store {
  get(): string {
    return 'value';
  }
}

class Fields {
  get = () => 'value';
}

test.each<[string, unknown, string, RegExp]>([
  ['a misspelt limit', { mail: { handler, maxCall: 1 } }, 'platformApi.mail.maxCall', /Did you mean 'maxCalls'\?/],
  ['another function beside a handler', { hooks: { handler, list: handler } }, 'platformApi.hooks.list', /not a known/],
  ['a limit of no calls', { a: { handler, maxCalls: 0 } }, 'platformApi.a.maxCalls', /whole number.* Received 0\./],
  ['a limit of half a call', { a: { handler, maxCalls: 1.5 } }, 'platformApi.a.maxCalls', /Received 1\.5\./],
  ['a limit that is text', { a: { handler, maxCalls: '1' } }, 'platformApi.a.maxCalls', /Received type string \('1'\)/],
  ['a limit that is no number', { a: { handler, timeout: Number.NaN } }, 'platformApi.a.timeout', /Received NaN\./],
  [
    'a JSON schema',
    { a: { handler, input: { type: 'string' } } },
    'platformApi.a.input',
    /Standard Schema.*Received \{/,
  ],
  ['a schema that is null', { a: { handler, output: null } }, 'platformApi.a.output', /Standard Schema/],
  [
    'a list with something else',
    { a: { handler, input: [z.string(), 'string'] } },
    'platformApi.a.input[1]',
    /Received type string \('string'\)/,
  ],
  ['a schema without a check', { a: { handler, input: { '~standard': {} } } }, 'platformApi.a.input', /validate/],
  ['a deep one', { kv: { get: { handler, timout: 5 } } }, 'platformApi.kv.get.timout', /Did you mean 'timeout'\?/],
  ['the name undefined', { undefined: handler }, 'platformApi', /'undefined' can not be a global/],
  ['the name globalThis', { globalThis: handler }, 'platformApi', /'globalThis' can not be a global/],
  ['the name NaN', { NaN: { get: handler } }, 'platformApi', /'NaN' can not be a global/],
  ['a word of the language', { delete: handler }, 'platformApi', /'delete' can not be called by its name/],
  ['a name of the pool’s own', { console: { log: handler } }, 'platformApi', /hidden by the pool's own console/],
  ['an instance of a class', { kv: new Store() }, 'platformApi', /inherits 'get', which no guest would see/],
  ['an instance as the whole API', new Store(), 'platformApi', /inherits 'get'/],
  ['a Map', { kv: new Map([['get', handler]]) }, 'platformApi', /inherits 'get'/],
  ['a promise', { kv: Promise.resolve({ get: handler }) }, 'platformApi', /inherits/],
  ['a class', { Store }, 'platformApi.Store', /a function that is called without new/],
  [
    'a misspelt handler',
    { a: { hander: handler, timeout: 5 } },
    'platformApi.a.handler',
    /must be a function.*undefined/,
  ],
  ['a schema without a handler', { a: { input: z.string() } }, 'platformApi.a.handler', /must be a function/],
  [
    'a name that every function has',
    { arguments: handler },
    'platformApi',
    /'arguments' can not be called by its name/,
  ],
  ['a number', { kv: { get: 5 } }, 'platformApi.kv.get', /a function, a declaration or a namespace.*Received/],
])('%s in the platform’s API is refused when it is given', (_, api, option, message) => {
  let refused: { message?: string; code?: string; option?: string } = {};
  try {
    new RuntimePool(api as PlatformApi);
  } catch (error) {
    refused = error as Error;
  }
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option });
  expect(refused.message).toMatch(message);
});

test('what makes sense is taken: words as properties, functions in fields, schemas of libraries, no limit at all', async () => {
  const pool = make(
    {
      kv: { delete: () => 'deleted', new: () => 'made' },
      fields: new Fields() as never,
      bare: Object.assign(Object.create(null), { get: () => 'bare' }),
      checked: { handler: (_caller, text: string) => text, input: [z.string()], output: z.string() },
      free: { handler: () => 'free', maxCalls: Number.POSITIVE_INFINITY, timeout: Number.POSITIVE_INFINITY, input: [] },
      unset: { handler: () => 'unset', maxCalls: undefined, input: undefined },
      console: { log: () => 'logged' },
    },
    { console: false },
  );
  const code = `async () => [kv.delete(), kv.new(), fields.get(), bare.get(), checked('text'), free(), unset(), console.log()]`;
  expect(await pool.invoke(fn(code))).toEqual(['deleted', 'made', 'value', 'bare', 'text', 'free', 'unset', 'logged']);
});

test('a call with too many arguments says how many there may be', async () => {
  const pool = make({ one: { handler: () => 1, input: z.string() } });
  const code = '() => { try { one("a", "b"); } catch (error) { return error.message; } }';
  expect(await pool.invoke(fn(code))).toBe('one takes at most 1 argument. Received 2');
});
