import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Administration } from './administration.ts';

let admin: Administration;
let count = 0;
let one = '';

beforeAll(async () => {
  admin = await Administration.start({
    tiers: { standard: {}, small: { memoryMb: 8, maxFunctions: 2 } },
    maxVersions: 3,
  });
  await admin.done('PUT', '/tenants/acme', {});
});
afterAll(() => admin[Symbol.asyncDispose]());
beforeEach(() => {
  one = `/tenants/acme/functions/f${++count}`;
});

const invoke = (query = '') => admin.done('POST', `${one}/invoke${query}`);

it('the same code with the same settings is the same version, whoever sends it how often', async () => {
  const first = await admin.ask('PUT', one, { code: '() => 1', env: { B: '2', A: '1' } });
  const again = await admin.ask('PUT', one, { env: { A: '1', B: '2' }, code: '() => 1' });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect([again.body.version, again.body.number]).toEqual([first.body.version, 1]);
  expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
  expect((await admin.done('GET', `${one}/versions`)).versions).toHaveLength(1);
});

it('a deployment that is refused says everything that is wrong, with line and column, and changes nothing', async () => {
  await admin.done('PUT', one, { code: '() => 1' });
  const { status, body } = await admin.ask('PUT', one, { code: '(event) => {\n  nope(;\n}' });
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: 'ERR_ISOLET_VALIDATION', issues: [{ line: 2, column: expect.any(Number) }] });
  const asked = await admin.ask('PUT', one, { code: '() => 1', memoryMb: 4096, timeout: 1e8 });
  expect(asked.body.issues.map(({ path }: { path: string[] }) => path.join('.')).sort()).toEqual([
    'memoryMb',
    'timeout',
  ]);
  expect(await invoke()).toBe(1);
  expect((await admin.done('GET', `${one}/versions`)).versions).toHaveLength(1);
});

it('what may be wrong comes as a warning with its place', async () => {
  const { warnings } = await admin.done('PUT', one, { code: '() => {\n  return missing + 1;\n}' });
  expect(warnings).toEqual([expect.objectContaining({ line: 2, message: expect.stringContaining('missing') })]);
});

it('a specification may repeat what the path says, and not say something else', async () => {
  const spec = { code: '() => 1', tenantId: 'acme', name: `f${count}` };
  expect((await admin.ask('PUT', one, spec)).status).toBe(201);
  const { status, body } = await admin.ask('PUT', one, { ...spec, tenantId: 'other' });
  expect([status, body.issues]).toEqual([422, [expect.objectContaining({ path: ['tenantId'] })]]);
});

it('versions are compared: sources, names of variables, settings', async () => {
  await admin.done('PUT', one, {
    code: 'function f() {\n  return 1;\n}\nexport default f',
    env: { A: '1', B: '1' },
    timeout: 1000,
  });
  await admin.done('PUT', one, {
    code: 'function f() {\n  return 2;\n}\nexport default f',
    env: { B: '2', C: '1' },
    memoryMb: 16,
  });
  const { patch, env, settings } = await admin.done('GET', `${one}/diff`);
  expect(patch).toContain('-  return 1;\n+  return 2;\n');
  expect(env).toEqual({ added: ['C'], removed: ['A'], changed: ['B'] });
  expect(settings).toEqual([
    { name: 'memoryMb', from: null, to: 16 },
    { name: 'timeout', from: 1000, to: null },
  ]);
  const { versions } = await admin.done('GET', `${one}/versions`);
  const same = await admin.done('GET', `${one}/diff?from=${versions[0].version}&to=${versions[0].version}`);
  expect([same.patch, same.settings]).toEqual(['', []]);
  expect((await admin.ask('GET', `${one}/diff?from=v0`)).status).toBe(404);
});

it('an alias leads to versions by weight, and keeps them', async () => {
  const first = await admin.done('PUT', one, { code: '() => 1' });
  const second = await admin.done('PUT', one, { code: '() => 2' });
  await admin.done('PUT', `${one}/aliases/old`, { version: first.version });
  expect([await invoke('?alias=old'), await invoke()]).toEqual([1, 2]);
  await admin.done('PUT', `${one}/aliases/both`, { weights: { [first.version]: 1, [second.version]: 1 } });
  const seen = new Set<unknown>();
  await expect.poll(async () => seen.add(await invoke('?alias=both')).size).toBe(2);
  for (let i = 3; i < 9; i++) await admin.done('PUT', one, { code: `() => ${i}` });
  const { versions } = await admin.done('GET', `${one}/versions`);
  expect(versions.map(({ number }: { number: number }) => number)).toEqual([1, 2, 5, 6, 7, 8]);
  expect(await invoke('?alias=old')).toBe(1);
  for (const wrong of [{ version: 'v0' }, { weights: { v0: 1 } }]) {
    expect((await admin.ask('PUT', `${one}/aliases/a`, wrong)).status).toBe(404);
  }
  for (const wrong of [
    {},
    { weights: {} },
    { weights: { [first.version]: 0 } },
    { weights: { [first.version]: -1 } },
  ]) {
    expect([wrong, (await admin.ask('PUT', `${one}/aliases/a`, wrong)).status]).toEqual([wrong, 422]);
  }
});

it('a rollback goes back further each time, also over versions that are gone, and to any that is kept', async () => {
  const made = [];
  for (let i = 1; i < 4; i++) made.push(await admin.done('PUT', one, { code: `() => ${i}` }));
  expect((await admin.done('POST', `${one}/rollback`)).number).toBe(2);
  expect((await admin.done('POST', `${one}/rollback`)).number).toBe(1);
  expect((await admin.ask('POST', `${one}/rollback`)).status).toBe(409);
  expect((await admin.done('POST', `${one}/rollback`, { version: made[2].version })).number).toBe(3);
  expect(await invoke()).toBe(3);
  expect((await admin.ask('POST', `${one}/rollback`, { version: 'v0' })).status).toBe(404);
});

it('of two administrators who change the same state, the second is told', async () => {
  await admin.done('PUT', one, { code: '() => 1' });
  const etag = (await admin.ask('GET', one)).headers.get('etag') as string;
  const changes = await Promise.all(
    [2, 3].map((i) => admin.ask('PUT', one, { code: `() => ${i}` }, undefined, { 'if-match': etag })),
  );
  expect(changes.map(({ status }) => status).sort()).toEqual([200, 412]);
  const late = { 'if-match': etag };
  expect((await admin.ask('POST', `${one}/rollback`, {}, undefined, late)).status).toBe(412);
  expect((await admin.ask('DELETE', one, undefined, undefined, late)).body).toMatchObject({
    code: 'ERR_ISOLET_SERVER_CHANGED',
    etag: (await admin.ask('GET', one)).headers.get('etag'),
  });
  const none = { 'if-none-match': '*' };
  expect((await admin.ask('PUT', one, { code: '() => 9' }, undefined, none)).status).toBe(412);
  expect((await admin.ask('PUT', `${one}new`, { code: '() => 9' }, undefined, none)).status).toBe(201);
  const { headers } = await admin.ask('GET', '/tenants/acme');
  const tenant = { 'if-match': headers.get('etag') as string };
  await admin.done('PUT', '/tenants/acme', { tier: 'small' }, tenant);
  expect((await admin.ask('PUT', '/tenants/acme', { tier: null }, undefined, tenant)).status).toBe(412);
  await admin.done('PUT', '/tenants/acme', { tier: null });
});

it('lists come in pages that miss nothing and repeat nothing', async () => {
  await admin.done('PUT', '/tenants/pages', {});
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await admin.done('PUT', `/tenants/pages/functions/${name}`, { code: '() => 1' });
  const seen: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page: { functions: { name: string }[]; next: string | null } = await admin.done(
      'GET',
      `/tenants/pages/functions?limit=2${next && `&cursor=${next}`}`,
    );
    expect(page.functions.length).toBeLessThanOrEqual(2);
    seen.push(...page.functions.map(({ name }) => name));
    next = page.next;
  }
  expect(seen).toEqual(names);
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2', 'cursor=x', 'cursor=W10']) {
    expect([query, (await admin.ask('GET', `/tenants/pages/functions?${query}`)).status]).toEqual([query, 422]);
  }
});

it("a tier's number of functions holds, also for functions that were never loaded", async () => {
  await admin.done('PUT', '/tenants/few', { tier: 'small' });
  const make = (name: string) => admin.ask('PUT', `/tenants/few/functions/${name}`, { code: '() => 1' });
  expect((await make('a')).status).toBe(201);
  expect((await make('b')).status).toBe(201);
  expect(await make('c')).toMatchObject({ status: 409, body: { limit: 'maxFunctions', value: 2 } });
  expect((await make('a')).status).toBe(200);
  const { status, body } = await admin.ask('PUT', '/tenants/few', { tier: 'huge' });
  expect([status, body.detail]).toEqual([422, "tier must be one of standard, small, got 'huge'."]);
});

it('a source is answered as it was, as text only where a browser would not run it', async () => {
  const code = '// </script> é\n() => 1';
  await admin.done('PUT', one, { code });
  expect((await admin.done('GET', `${one}/source`)).code).toBe(code);
  const { body, headers } = await admin.ask('GET', `${one}/source`, undefined, undefined, {
    accept: 'text/javascript',
  });
  expect(body).toBe(code);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-disposition')).toBe('attachment');
});
