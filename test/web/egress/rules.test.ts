import { egress } from 'isolet';
import { describe, expect, test } from 'vitest';
import { fetching, here, reasonOf, serve } from './support.ts';

describe('hosts', () => {
  test('of allow are all there are, also with a dot at the end or in other letters', async () => {
    const { port } = await serve((_, response) => response.end('here'));
    const { fetch } = fetching(here({ allow: ['a.test', '*.b.test', 'bücher.test', '127.0.0.1/32'], ports: [port] }));
    for (const host of ['a.test', 'A.TEST', 'a.test.', 'x.b.test', 'x.y.b.test', 'xn--bcher-kva.test', 'BÜCHER.test'])
      expect([host, (await fetch(`http://${host}:${port}/`)).status]).toEqual([host, 200]);
  });

  test('that are not among them are refused before they are looked up', async () => {
    const asked: string[] = [];
    const lookup = (name: string) => {
      asked.push(name);
      return ['93.184.216.34'];
    };
    const { fetch } = fetching({ allow: ['a.test', '*.b.test'], lookup });
    for (const host of ['b.test', 'xa.test', 'a.test.evil.test', 'a.test%2eevil.test', 'xb.test', '8.8.8.8'])
      expect([host, await reasonOf(fetch(`http://${host}/`))]).toEqual([host, 'allow']);
    expect(asked).toEqual([]);
  });

  test('an empty list allows nothing', async () => {
    expect(await reasonOf(fetching({ allow: [] }).fetch('https://a.test/'))).toBe('allow');
  });

  test('of deny are refused whatever else is said', async () => {
    const { port } = await serve((_, response) => response.end('here'));
    const { fetch } = fetching(here({ deny: ['a.test', '*.b.test', `c.test:${port}`], ports: [port] }));
    for (const host of ['a.test', 'a.test..', 'x.b.test', 'c.test'])
      expect([host, await reasonOf(fetch(`http://${host}:${port}/`))]).toEqual([host, 'deny']);
    expect((await fetch(`http://b.test:${port}/`)).status).toBe(200);
    const range = fetching(here({ deny: '127.0.0.0/30', ports: [port] }));
    expect(await reasonOf(range.fetch(`http://b.test:${port}/`))).toBe('deny');
  });

  test('functions decide for each request, and know who asks', async () => {
    const { port } = await serve((_, response) => response.end('here'));
    const seen: unknown[] = [];
    const capability = egress(
      here({
        allow: [
          async (url, caller) => {
            seen.push(url.href, caller.context);
            return url.pathname === '/yes';
          },
          '127.0.0.2',
        ],
        ports: [port],
        lookup: () => ['93.184.216.34'],
        deny: (url) => url.pathname === '/deny',
      }),
    );
    const ask = (path: string) =>
      reasonOf(Promise.resolve(capability(new Request(`http://a.test:${port}${path}`), { context: 'me' })));
    expect(await ask('/no')).toBe('allow');
    expect(await ask('/deny')).toBe('deny');
    expect(seen).toEqual([`http://a.test:${port}/no`, 'me']);
  });

  test('a function that throws, or does not answer with true or false, refuses', async () => {
    const broken = new Error('10.0.0.1 is down');
    const throws = fetching({ allow: () => Promise.reject(broken) });
    const error = await throws.fetch('https://a.test/').catch((reason) => reason);
    expect(error).toMatchObject({ reason: 'allow', original: broken });
    expect(error.message).not.toContain('10.0.0.1');
    expect(await reasonOf(fetching({ allow: (() => 1) as never }).fetch('https://a.test/'))).toBe('allow');
    expect(await reasonOf(fetching({ deny: (() => undefined) as never }).fetch('https://a.test/'))).toBe('deny');
  });
});

describe('ports', () => {
  test('are those of http and https unless others are said', async () => {
    const { fetch } = fetching({ allow: ['a.test', 'b.test:8443'], lookup: () => ['10.0.0.1'] });
    expect(await reasonOf(fetch('http://a.test:8080/'))).toBe('ports');
    expect(await reasonOf(fetch('http://a.test/'))).toBe('address');
    expect(await reasonOf(fetch('https://a.test/'))).toBe('address');
    expect(await reasonOf(fetch('https://b.test:8443/'))).toBe('address');
    expect(await reasonOf(fetch('https://b.test/'))).toBe('allow');
    const inside = fetching({ allow: ['a.test', '10.0.0.1:8080'], lookup: () => ['10.0.0.1'] });
    expect(await reasonOf(inside.fetch('http://a.test/'))).toBe('ports');
    expect(await reasonOf(inside.fetch('http://b.test/'))).toBe('ports');
  });
});

describe('options', () => {
  test.each([
    [{ allow: 'http://a.test' }, /'allow' must be a host/],
    [{ allow: ['a.test/path'] }, /'allow'/],
    [{ allow: ['10.0.0.0/33'] }, /'allow'/],
    [{ allow: ['0177.0.0.1'] }, /'allow'/],
    [{ deny: ['*'] }, /'deny'/],
    [{ deny: [5] }, /'deny' must be/],
    [{ ports: [] }, /'ports'/],
    [{ ports: [0] }, /'ports'/],
    [{ ports: 80 }, /'ports'/],
    [{ maxRequests: -1 }, /'maxRequests'/],
    [{ timeout: 0 }, /'timeout'/],
    [{ timeout: '5' }, /'timeout'/],
    [{ lookup: 'dns' }, /'lookup'/],
    [{ onFetch: true }, /'onFetch'/],
    [{ allowed: [] }, /Did you mean 'allow'/],
    [5, /'options'/],
  ])('%o is refused', (options, message) => {
    expect(() => egress(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ISOLET_INVALID_ARG', message: expect.stringMatching(message) }),
    );
  });
});
