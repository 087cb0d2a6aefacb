import { expect, test } from 'vitest';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('a deployment is of the specification as it was when deploy was called', async () => {
  const seen: unknown[] = [];
  const serverless = make({ a: { note: (value: unknown) => seen.push(value) }, b: () => 2 });
  const env: Record<string, string> = { CITY: 'Bern' };
  const secrets: Record<string, string> = { KEY: 'sesame' };
  const apis = ['a'];
  const dryRun = { event: { deep: ['before'] } };
  const given = spec('(e, c) => { a.note(e); return [c.env.CITY, c.env.KEY, typeof b]; }', {
    env,
    secrets,
    apis,
    dryRun,
  });
  const deployed = serverless.deploy(given);
  env['CITY'] = 'Basel';
  secrets['KEY'] = 'pepper';
  apis.push('b');
  dryRun.event.deep[0] = 'after';
  given.timeout = 1;
  const { apis: allowed, limits } = await deployed;
  expect(allowed).toEqual(['a']);
  expect(limits.timeout).toBe(5000);
  expect(seen).toEqual([{ deep: ['before'] }]);
  apis.push('b');
  expect(await serverless.invoke('acme', 'f', 1)).toEqual(['Bern', 'sesame', 'undefined']);
});

test('an event is what it was when invoke was called, also if a rate has to be asked first', async () => {
  const serverless = make({}, { tiers: { t: { rate: { requests: 10 } } }, defaultTier: 't' });
  await serverless.deploy(spec('(e) => e.n'));
  const event = { n: 1 };
  const first = serverless.invoke('acme', 'f', event);
  event.n = 2;
  const second = serverless.invoke('acme', 'f', event);
  event.n = 3;
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});
