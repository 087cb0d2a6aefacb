import { describe, expect, test } from 'vitest';
import { fetching, here, reasonOf, serve } from './support.ts';

/** Spellings of addresses that are not public, as URLs take them. */
const spellings = [
  [
    'loopback',
    ['127.0.0.1', '127.1', '127.255.255.254', '2130706433', '0x7f.1', '0x7f000001', '0177.0.0.1', '127.0.0.1.'],
  ],
  ['loopback, in full-width digits and dots', ['１２７.０.０.１', '127。0。0。1']],
  ['percent-encoded', ['%31%32%37.0.0.1', '127.0.0.%31']],
  ['loopback of IPv6', ['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]']],
  ['unspecified', ['0.0.0.0', '0', '0.1.2.3', '[::]']],
  ['IPv4-mapped', ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::ffff:8.8.8.8]']],
  ['IPv4-compatible and translated', ['[::127.0.0.1]', '[::7f00:1]', '[::ffff:0:127.0.0.1]']],
  ['NAT64', ['[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b::808:808]', '[64:ff9b:1::1]']],
  ['6to4 and Teredo', ['[2002:7f00:1::]', '[2002:808:808::1]', '[2001::1]', '[2001:0:53aa:64c::1]']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '0xa000001']],
  ['carrier-grade NAT', ['100.64.0.1', '100.127.255.255']],
  ['link-local', ['169.254.0.1', '[fe80::1]', '[febf::1]', '[fec0::1]']],
  ['unique local', ['[fc00::1]', '[fdff::1]']],
  ['metadata', ['169.254.169.254', '2852039166', '[fd00:ec2::254]', '100.100.100.200', '168.63.129.16', '192.0.0.192']],
  ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', '[ff02::1]']],
  [
    'documentation, benchmarks, reserved',
    [
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '240.0.0.1',
      '192.0.0.1',
      '[2001:db8::1]',
      '[2001:2::1]',
      '[100::1]',
      '[3fff::1]',
      '[4000::1]',
      '[5f00::1]',
    ],
  ],
] as const;

describe('addresses that are not public', () => {
  test.each(spellings)('%s', async (_kind, hosts) => {
    const { fetch, records } = fetching({ maxRequests: 100 });
    for (const host of hosts) expect([host, await reasonOf(fetch(`http://${host}/`))]).toEqual([host, 'address']);
    for (const { error } of records) expect(error).toMatchObject({ code: 'ERR_ISOLET_EGRESS', reason: 'address' });
  });

  test('behind names are refused as well, one among many suffices, and the guest is not told them', async () => {
    const addresses: Record<string, string[]> = {
      'one.test': ['10.1.2.3'],
      'many.test': ['93.184.216.34', '127.0.0.1'],
      'six.test': ['::ffff:127.0.0.1'],
      'link.test': ['fe80::1%1'],
    };
    const { fetch } = fetching({ lookup: (name) => addresses[name] ?? [] });
    for (const host of Object.keys(addresses)) {
      const error = await fetch(`http://${host}/`).catch((reason) => reason);
      expect(error).toMatchObject({ reason: 'address', url: `http://${host}/` });
      expect(Object.entries(error).join() + error.message).not.toMatch(/\d+\.\d+|::/);
      expect(addresses[host]).toContain(error.address);
    }
  });

  test('localhost is one of them, by the names that the system knows', async () => {
    const { fetch } = fetching({});
    expect(await reasonOf(fetch('http://localhost/'))).toBe('address');
    // Not every system knows it so.
    expect(['address', 'network']).toContain(await reasonOf(fetch('http://LOCALHOST./')));
  });

  test('what else is no URL for it', async () => {
    const { fetch } = fetching({});
    const { egress } = await import('isolet');
    const request = { url: 'ftp://a.test/', method: 'GET', headers: [], signal: new AbortController().signal };
    expect(await reasonOf(Promise.resolve(egress()(request as never, { context: undefined })))).toBe('scheme');
    expect(await reasonOf(fetch('http://a.test:22222/'))).toBe('ports');
  });
});

describe('ranges in allow', () => {
  test('open what is theirs', async () => {
    const { port } = await serve((_, response) => response.end('here'));
    const { fetch } = fetching({ allow: ['127.0.0.0/8'], ports: [port] });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    expect(await reasonOf(fetch(`http://10.0.0.1:${port}/`))).toBe('address');
    expect(await reasonOf(fetch(`http://8.8.8.8:${port}/`))).toBe('allow');
  });

  test('open nothing special if they hold public addresses too', async () => {
    const { fetch } = fetching({ allow: ['0.0.0.0/0', '::/0', '64:ff9b::/96', '::ffff:0:0/96'] });
    for (const host of ['127.0.0.1', '10.0.0.1', '[::1]', '[fd00::1]', '[64:ff9b::127.0.0.1]', '[::ffff:127.0.0.1]'])
      expect([host, await reasonOf(fetch(`http://${host}/`))]).toEqual([host, 'address']);
  });

  test('open the addresses of metadata one by one only', async () => {
    const { fetch } = fetching({ allow: ['169.254.0.0/16'] });
    expect(await reasonOf(fetch('http://169.254.169.254/'))).toBe('address');
  });

  test('with a port open that one', async () => {
    const { port } = await serve((_, response) => response.end('here'));
    const { fetch } = fetching({ allow: [`127.0.0.1:${port}`] });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(await reasonOf(fetch('http://127.0.0.1/'))).toBe('ports');
  });

  test('do not open what a name hides, unless it hides nothing else', async () => {
    const { port } = await serve((_, response) => response.end('here'));
    const answers = [['127.0.0.1'], ['127.0.0.1', '10.0.0.1']];
    const { fetch } = fetching({ ...here({ ports: [port] }), lookup: () => answers.shift() as string[] });
    const first = await fetch(`http://a.test:${port}/`, { headers: { connection: 'close' } });
    expect(await first.text()).toBe('here');
    expect(await reasonOf(fetch(`http://b.test:${port}/`))).toBe('address');
  });
});

describe('names that answer differently', () => {
  test('are connected to under the address that was checked', async () => {
    const { port, seen } = await serve((_, response) => response.end());
    let asked = 0;
    const lookup = () => [asked++ === 0 ? '127.0.0.2' : '127.0.0.1'];
    const { fetch } = fetching({ allow: ['*.test', '127.0.0.2'], lookup, ports: [port] });
    // There is nobody.
    expect(await reasonOf(fetch(`http://rebind.test:${port}/`))).toBe('network');
    expect(asked).toBe(1);
    expect(await reasonOf(fetch(`http://rebind.test:${port}/`))).toBe('address');
    expect(asked).toBe(2);
    expect(seen).toEqual([]);
  });

  test('are not reached on a connection that other rules opened', async () => {
    const { port, seen } = await serve((_, response) => response.end('here'));
    let mine = true;
    const { fetch } = fetching({
      allow: [() => mine, '127.0.0.1', '93.184.216.0/24'],
      ports: [port],
      lookup: (name) => (name === 'a.test' && mine ? ['127.0.0.1'] : ['10.0.0.1']),
    });
    expect(await (await fetch(`http://a.test:${port}/`)).text()).toBe('here');
    mine = false;
    expect(await reasonOf(fetch(`http://a.test:${port}/`))).toBe('address');
    expect(seen).toHaveLength(1);
  });
});
