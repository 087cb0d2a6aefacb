import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { useGateway } from './support.ts';

/** A certificate for these names, as `<name>.cert` and `<name>.key` in the folder. */
function certify(folder: string, name: string, names: readonly string[]): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.cert`), join(folder, `${name}.key`)];
  const options = [
    '-nodes',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  ];
  const alternatives = `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}`;
  execFileSync('openssl', ['req', '-x509', ...options, '-addext', alternatives, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { cert, key };
}

// The certificates are the test's own.
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
let folder = '';
const made = useGateway(
  {
    echo: '(event) => [event.method, event.url, event.body, event.headers["x-forwarded-proto"]]',
    stream:
      'export default { fetch: (request) => new Response(request.body, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] }) }',
  },
  (data) => {
    folder = data;
    const tls = [certify(data, 'first', ['localhost']), certify(data, 'wild', ['*.fn.test', 'shop.test'])];
    return { tls, gateway: { domain: 'acme.test' } };
  },
);

async function nameFor(servername: string): Promise<string> {
  const { port } = new URL(made.server.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', servername, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

it('each name gets its certificate, and files that change are read again', async () => {
  expect(made.server.url).toMatch(/^https:/);
  expect(await Promise.all(['localhost', 'a.fn.test', 'SHOP.test', 'else.test', 'a.b.fn.test'].map(nameFor))).toEqual([
    ...['first', 'wild', 'wild', 'first', 'first'],
  ]);
  const renewed = certify(folder, 'renewed', ['localhost']);
  copyFileSync(renewed.key, join(folder, 'first.key'));
  copyFileSync(renewed.cert, join(folder, 'first.cert'));
  await expect.poll(() => nameFor('localhost')).toBe('renewed');
}, 60_000);

it('HTTP/2: events, streams, cookies one by one, and heads without what HTTP/2 does not have', async () => {
  const session = connectHttp2(made.server.url, { rejectUnauthorized: false });
  const ask = async (headers: object, body?: string) => {
    const stream = session.request({ ':path': '/fn/acme/echo/x', ...headers });
    stream.end(body);
    const [head] = await once(stream, 'response');
    let text = '';
    for await (const chunk of stream) text += chunk;
    return { head, text };
  };
  const event = await ask({ ':method': 'POST', 'content-type': 'application/json', 'content-length': 7 }, '{"a":1}');
  expect(event.head[':status']).toBe(200);
  const { host } = new URL(made.server.url);
  expect(JSON.parse(event.text)).toEqual(['POST', `https://${host}/x`, { a: 1 }, 'https']);
  const stream = await ask({ ':method': 'POST', ':path': '/fn/acme/stream' }, 'x'.repeat(100_000));
  expect([stream.text.length, stream.head['set-cookie']]).toEqual([
    100_000,
    ['a=1; Path=/fn/acme/stream', 'b=2; Path=/fn/acme/stream'],
  ]);
  expect((await ask({})).head[':status']).toBe(200);
  expect((await ask({ ':path': '/fn/acme/nope' })).head[':status']).toBe(404);
  expect((await ask({ ':authority': 'nope.acme.test' })).head[':status']).toBe(404);
  session.close();
  await once(session, 'close');
});
