import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';

let admin: Administration;

beforeAll(async () => {
  admin = await Administration.start();
  await admin.done('PUT', '/tenants/acme', {});
});
afterAll(() => admin[Symbol.asyncDispose]());

const f = '/tenants/acme/functions/f';

it.each([
  ['PUT', '/tenants/acme', { tier: 5 }, 'tier must be a string, got 5'],
  ['PUT', '/tenants/acme', { teir: 'x' }, 'teir is not known here'],
  ['PUT', '/tenants/acme', [], 'the body must be an object, got a list of 0'],
  ['PUT', f, { code: 5 }, 'code must be a string, got 5'],
  ['PUT', f, {}, 'code must be a string, got nothing'],
  ['PUT', f, { code: '' }, "code must be a string of at least 1 character, got ''"],
  ['PUT', f, { code: '1', timeout: 'soon' }, "timeout must be a number, got 'soon'"],
  ['PUT', f, { code: '1', reuse: 'hot' }, "reuse must be one of 'warm', 'fresh', got 'hot'"],
  ['PUT', f, { code: '1', apis: ['a', 1] }, 'apis[1] must be a string, got 1'],
  ['PUT', f, { code: '1', concurrency: 1.5 }, 'concurrency must be a whole number, got 1.5'],
  ['PUT', f, { code: '1', env: { A: 1 } }, 'env.A must be a string, got a number'],
  ['PUT', '/tenants/-bad', {}, /^tenant must be up to 63 letters, digits, - and _, .*, got '-bad'$/],
  ['POST', '/tokens', { scope: 'god' }, "scope must be one of 'platform', 'tenant', 'read', got 'god'"],
  ['POST', '/tokens', { scope: 'tenant' }, 'tenant must be the id of a tenant, got nothing'],
  [
    'PUT',
    '/tenants/acme/secrets/KEY',
    { value: 'abc' },
    /^value must be .* at least 4 characters, got a string of 3 characters$/,
  ],
  ['PUT', '/tenants/acme/secrets/1KEY', { value: 'abcd' }, /^name must be up to 128 letters/],
  ['GET', `${f}/logs?level=loud`, undefined, "level must be one of 'debug', 'info', 'warn', 'error', got 'loud'"],
  [
    'GET',
    `${f}/logs?since=yesterday`,
    undefined,
    "since must be a time: ISO 8601, or ms since the epoch, got 'yesterday'",
  ],
] as const)(
  '%s %s %j is refused with the member, what it was and what would be right',
  async (method, path, body, said) => {
    const answer = await admin.ask(method, path, body);
    expect(answer.status).toBe(422);
    const messages = answer.body.issues.map(({ message }: { message: string }) => message);
    expect(messages).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)]);
    expect(answer.body.detail).toBe(`${messages[0]}.`);
  },
);

it('everything that is wrong is said at once', async () => {
  const { body } = await admin.ask('PUT', f, { code: 1, timeout: 'x', more: true });
  expect(body.issues.map(({ path }: { path: string[] }) => path.join('.')).sort()).toEqual(['code', 'more', 'timeout']);
});

it('what is no JSON, or not UTF-8, is a 400', async () => {
  for (const body of ['{', '{"code": "1",}', 'code=1', '\u0000']) {
    expect([body, (await admin.ask('PUT', f, body)).status]).toEqual([body, 400]);
  }
});

it('a body that is too large is refused, with the limit', async () => {
  const large = JSON.stringify({ value: 'x'.repeat(300_000) });
  const { status, body } = await admin.ask('PUT', '/tenants/acme/secrets/KEY', large);
  expect([status, body.value]).toEqual([413, 256 * 1024]);
  const event = JSON.stringify('x'.repeat(2 * 1024 * 1024));
  expect((await admin.ask('POST', `${f}/invoke`, event)).status).toBe(413);
  expect((await admin.ask('PUT', f, { code: `() => "${'x'.repeat(1024 * 1024)}"` })).status).toBe(422);
});

it('an answer that JSON has no word for is the fault of the function', async () => {
  await admin.done('PUT', f, { code: '(event) => ({ undefined, big: 1n })[event]' });
  expect(await admin.done('POST', `${f}/invoke`, '"undefined"')).toBe(null);
  expect((await admin.ask('POST', `${f}/invoke`, '"big"')).body).toMatchObject({
    status: 502,
    code: 'ERR_ISOLET_SERVER_BAD_ANSWER',
  });
});

it('another method is told which there are, another path nothing', async () => {
  const { status, headers } = await admin.ask('PATCH', '/tenants/acme', {});
  expect([status, headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE']);
  expect((await admin.ask('GET', '/nothing')).status).toBe(404);
});
