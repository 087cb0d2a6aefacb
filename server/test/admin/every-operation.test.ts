import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';
import { ApiDocument, type Described } from './document.ts';

let admin: Administration;
let document: ApiDocument;
const asked = new Set<string>();

beforeAll(async () => {
  admin = await Administration.start();
  document = new ApiDocument((await admin.ask('GET', '/openapi.json', undefined, '')).body);
});
afterAll(() => admin[Symbol.asyncDispose]());

/** Uses an operation of the document: its answer has to be the one that is described. */
async function use(id: string, status: number, params: Record<string, string> = {}, body?: unknown, query = '') {
  const operation = document.operations.find((one) => one.id === id) as Described;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] as string));
  const answer = await admin.ask(operation.method, path + query, body);
  expect([id, answer.status, answer.body]).toEqual([id, status, answer.body]);
  expect(document.problemsOf(operation, answer)).toEqual([]);
  asked.add(id);
  return answer.body;
}

const tenant = 'acme';
const f = { tenant, name: 'f' };

it('every operation answers what the document says', async () => {
  await use('getOpenApi', 200);
  await use('whoAmI', 200);
  await use('listTiers', 200);
  await use('putTenant', 201, { tenant }, {});
  await use('putTenant', 200, { tenant }, { tier: 'standard' });
  await use('getTenant', 200, { tenant });
  await use('listTenants', 200);

  const code =
    '(event, context) => { console.log("hello", event); if (event === "bad") throw new Error("no"); return event; }';
  const first = await use('deployFunction', 201, f, { code });
  const second = await use('deployFunction', 200, f, { code: `${code} // again`, timeout: 1000, env: { A: '1' } });
  await use('listFunctions', 200, { tenant });
  await use('getFunction', 200, f);
  await use('listVersions', 200, f);
  await use('getSource', 200, f, undefined, `?version=${first.version}`);
  await use('diffVersions', 200, f);
  await use('putAlias', 200, { ...f, alias: 'live' }, { weights: { [first.version]: 1, [second.version]: 3 } });
  await use('listAliases', 200, f);
  await use('deleteAlias', 204, { ...f, alias: 'live' });
  await use('rollbackFunction', 200, f);

  expect(await use('invokeFunction', 200, f, { n: 1 })).toEqual({ n: 1 });
  await use('invokeFunction', 502, f, '"bad"');
  const { id } = await use('invokeLater', 202, f, { n: 2 });
  await expect.poll(async () => (await use('getInvocation', 200, { ...f, id })).status).toBe('done');
  await use('listInvocations', 200, f);

  await use('putSecret', 200, { tenant, name: 'KEY' }, { value: 'a-secret' });
  await use('listSecrets', 200, { tenant });
  await use('deleteSecret', 204, { tenant, name: 'KEY' });
  await use('putVariable', 200, { tenant, name: 'CITY' }, { value: 'Bern' });
  await use('listVariables', 200, { tenant });
  await use('deleteVariable', 204, { tenant, name: 'CITY' });

  const host = { tenant, host: 'shop.example.com' };
  await use('putDomain', 201, host, { function: 'f' });
  await use('putDomain', 200, host);
  await use('getDomain', 200, host);
  await use('listDomains', 200, { tenant });
  await use('deleteDomain', 204, host);
  await use('putAccess', 200, { tenant }, { type: 'none' });
  await use('putFunctionAccess', 200, f, { type: 'token', tokens: ['a-token-of-a-caller'] });
  const jwks = 'https://id.example.com/keys';
  await use('putFunctionAccess', 200, f, { type: 'jwt', issuer: 'https://id.example.com/', audience: 'f', jwks });
  await use('getFunctionAccess', 200, f);
  await use('listAccess', 200, { tenant });
  await use('deleteFunctionAccess', 204, f);
  await use('deleteAccess', 204, { tenant });

  await use('putKey', 200, { tenant, key: 'a/b c' }, { value: { x: 1 } });
  await use('getKey', 200, { tenant, key: 'a/b c' });
  await use('listKeys', 200, { tenant });
  await use('deleteKey', 204, { tenant, key: 'a/b c' });
  await use('runSql', 200, { tenant }, { sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, v, w)' });
  await use(
    'runSql',
    200,
    { tenant },
    { sql: "INSERT INTO t (v, w) VALUES (?, x'0102'), (9223372036854775807, 1e999)", params: ['x'] },
  );
  await use('listTables', 200, { tenant });
  await use('getRows', 200, { tenant, table: 't' });

  await use('getTenantLogs', 200, { tenant });
  await use('getFunctionLogs', 200, f);
  await use('getUsage', 200, { tenant });
  await use('listAudit', 200);
  await use('listTenantAudit', 200, { tenant });

  const made = await use('makeToken', 201, {}, { scope: 'tenant', tenant, label: 'ci' });
  await use('listTokens', 200);
  await use('revokeToken', 204, { token: made.id });
  const own = await use('makeTenantToken', 201, { tenant });
  await use('listTenantTokens', 200, { tenant });
  await use('revokeTenantToken', 204, { tenant, token: own.id });

  await use('deleteFunction', 204, f);
  await use('deleteTenant', 204, { tenant });
  expect([...asked].sort()).toEqual(document.operations.map(({ id }) => id).sort());
});

it('what is not there is a 404 that the document has', async () => {
  const nothing: Record<string, string> = {
    tenant: 'nobody',
    name: 'nothing',
    alias: 'none',
    table: 't',
    key: 'k',
    token: 'x',
    host: 'nobody.example.com',
  };
  nothing['id'] = '00000000-0000-0000-0000-000000000000';
  const bodies: Record<string, unknown> = {
    deployFunction: { code: '() => 1' },
    putAlias: { version: 'v1' },
    putSecret: { value: 'abcd' },
    putVariable: { value: '' },
    putAccess: { type: 'none' },
    putFunctionAccess: { type: 'none' },
    putKey: { value: 1 },
    runSql: { sql: 'SELECT 1' },
    makeToken: { scope: 'tenant', tenant: 'nobody' },
  };
  const found = document.operations.filter(({ id, responses }) => '404' in responses && id !== 'putTenant');
  for (const { id } of found) await use(id, 404, nothing, bodies[id]);
  expect(found.length).toBeGreaterThan(30);
});
