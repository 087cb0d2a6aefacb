import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';
import { ApiDocument, type Described } from './document.ts';

let admin: Administration;
let document: ApiDocument;

beforeAll(async () => {
  admin = await Administration.start();
  document = new ApiDocument((await admin.ask('GET', '/openapi.json', undefined, '')).body);
  for (const tenant of ['acme', 'other']) await admin.done('PUT', `/tenants/${tenant}`, {});
  await admin.done('PUT', '/tenants/acme/functions/f', { code: '(event) => event' });
});
afterAll(() => admin[Symbol.asyncDispose]());

/** The path with things of `acme` in it, most of which there are. */
const pathOf = ({ path }: Described): string =>
  path
    .replace('{tenant}', 'acme')
    .replace('/functions/{name}', '/functions/f')
    .replace('{name}', 'NAME')
    .replace(/\{\w+\}/g, 'x');

const askAs = (operation: Described, token: string) => {
  const body = ['PUT', 'POST'].includes(operation.method) ? {} : undefined;
  return admin.ask(operation.method, pathOf(operation), body, token);
};

it('has every operation of the administration once, each with its refusals', () => {
  const ids = document.operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(40);
  for (const { id, isOpen, responses } of document.operations) {
    expect(isOpen, id).toBe(id === 'getOpenApi');
    if (!isOpen) expect(Object.keys(responses), id).toEqual(expect.arrayContaining(['401', '403']));
  }
});

it('is what the page of the API shows: `node scripts/api-page.mjs` in server/ writes it', async () => {
  const { renderApi } = await import(new URL('../../scripts/api-page.mjs', import.meta.url).href);
  const page = readFileSync(new URL('../../../docs/server/api.md', import.meta.url), 'utf8');
  expect(page).toBe(renderApi((await admin.ask('GET', '/openapi.json', undefined, '')).body));
});

it('who has no token, or one that is made up, expired or revoked, gets nothing from any operation', async () => {
  const expired = await admin.token({ scope: 'platform', expiresIn: 1000 });
  const revoked = await admin.token({ scope: 'platform' });
  await admin.done('DELETE', `/tokens/${revoked.id}`);
  await expect.poll(async () => (await admin.ask('GET', '/token', undefined, expired.token)).status).toBe(401);
  for (const operation of document.operations) {
    if (operation.isOpen) continue;
    for (const token of ['', 'made-up', expired.token, revoked.token]) {
      const answer = await askAs(operation, token);
      expect([operation.id, answer.status]).toEqual([operation.id, 401]);
      expect(document.problemsOf(operation, answer)).toEqual([]);
    }
  }
});

it("another tenant's tokens open nothing of a tenant, and nothing of the platform", async () => {
  for (const scope of ['tenant', 'read'] as const) {
    const { token } = await admin.token({ scope, tenant: 'other' });
    for (const operation of document.operations) {
      if (operation.access === 'open' || operation.access === 'anyone') continue;
      const answer = await askAs(operation, token);
      expect([operation.id, answer.status]).toEqual([operation.id, 403]);
      expect(JSON.stringify(answer.body), operation.id).not.toMatch(/event/);
      expect(document.problemsOf(operation, answer)).toEqual([]);
    }
    // Of a tenant that is not there it says the same.
    const [there, not] = await Promise.all(
      ['acme', 'nobody'].map(async (tenant) => (await admin.ask('GET', `/tenants/${tenant}`, undefined, token)).body),
    );
    expect(not).toEqual(there);
  }
});

it('a token that only reads changes nothing, not even of its own tenant', async () => {
  const own = await admin.token({ scope: 'read', tenant: 'acme' });
  const all = await admin.token({ scope: 'read' });
  for (const operation of document.operations.filter(({ reads }) => !reads)) {
    for (const { token } of [own, all]) {
      const answer = await askAs(operation, token);
      expect([operation.id, answer.status]).toEqual([operation.id, 403]);
    }
  }
  for (const operation of document.operations.filter(({ method }) => method !== 'GET')) {
    expect([operation.id, operation.reads]).toEqual([operation.id, false]);
  }
  const { token } = own;
  expect((await admin.ask('GET', '/tenants/acme/functions/f', undefined, token)).status).toBe(200);
  expect((await admin.ask('GET', '/tenants', undefined, token)).status).toBe(403);
  expect((await admin.ask('GET', '/tenants', undefined, all.token)).status).toBe(200);
});

it('a tenant has its own operations and none of the platform', async () => {
  const { token } = await admin.token({ scope: 'tenant', tenant: 'acme' });
  for (const operation of document.operations.filter(({ access }) => access === 'platform')) {
    expect([operation.id, (await askAs(operation, token)).status]).toEqual([operation.id, 403]);
  }
  for (const path of ['/tenants/acme', '/tenants/acme/functions/f/source', '/tiers', '/token']) {
    expect([path, (await admin.ask('GET', path, undefined, token)).status]).toEqual([path, 200]);
  }
});
