import { createServer } from 'node:http';
import { gzip, gzipSync } from 'node:zlib';
// What `egress` loads when it is first called would hold up the event loop of the host that is looked at.
import 'ipaddr.js';
import 'undici';
import { group } from '../define.mjs';

/** Deploys handlers and gives what `use` makes of a function that has them answer requests. */
function handlers(members, use, spec = {}) {
  return async ({ isolet, limits: { maxHeapSize, timeout } }) => {
    const server = new isolet.ServerlessRuntime({});
    try {
      const memoryMb = maxHeapSize / 2 ** 20;
      await server.deploy({ tenantId: 'attacker', name: 'web', memoryMb, timeout, code: `export default { ${members} };`, ...spec });
      return await use((path = '/', init = undefined) => server.fetch('attacker', 'web', new Request(`https://a.test${path}`, init)));
    } finally {
      await server.cleanup({ drain: false });
    }
  };
}

const texts = (count) => async (ask) => {
  const all = await Promise.allSettled(Array.from({ length: count }, async () => (await ask()).text()));
  return all.length;
};
/** Reads one chunk, then goes. */
const leave = async (ask) => {
  for (let i = 0; i < 10; i++) {
    const client = new AbortController();
    const response = await ask('/', { signal: client.signal }).catch(() => undefined);
    const reader = response?.body?.getReader();
    await reader?.read().catch(() => {});
    client.abort();
  }
  return 1;
};
const empty = 'pull(c) { c.enqueue(new Uint8Array(0)); }';
const bytes = 'pull(c) { c.enqueue(new Uint8Array(65536)); }';

const served = [
  { name: 'waitUntil for ever', run: handlers('fetch(r, env, ctx) { for (let i = 0; i < 1000; i++) ctx.waitUntil(new Promise(() => {})); return new Response("x"); }', texts(10)) },
  { name: 'waitUntil that computes', run: handlers('fetch(r, env, ctx) { ctx.waitUntil(new Promise((f) => setTimeout(f, 1)).then(() => { for (;;); })); return new Response("x"); }', texts(5)) },
  { name: 'waitUntil of waitUntil', run: handlers('fetch(r, env, ctx) { const again = async () => { await null; ctx.waitUntil(again()); }; ctx.waitUntil(again()); return new Response("x"); }', texts(3)) },
  { name: 'a body without end', run: handlers(`fetch() { return new Response(new ReadableStream({ ${bytes} })); }`, async (ask) => { for await (const chunk of (await ask()).body) void chunk; }), expect: ['timeout'] },
  { name: 'a body of nothing without end', run: handlers(`fetch() { return new Response(new ReadableStream({ ${empty} })); }`, async (ask) => (await ask()).text()), expect: ['timeout'] },
  { name: 'bodies that clients leave', run: handlers(`fetch() { return new Response(new ReadableStream({ ${bytes} })); }`, leave) },
  { name: 'a listener that spins when the client leaves', run: handlers(`fetch(r) { r.signal.addEventListener('abort', () => { for (;;); }); return new Response(new ReadableStream({ ${bytes} })); }`, leave), settleExtra: 5000 },
  { name: 'a cancel that spins when the client leaves', run: handlers(`fetch() { return new Response(new ReadableStream({ ${bytes}, cancel() { for (;;); } })); }`, leave), settleExtra: 3000 },
  { name: 'bodies that nobody reads', run: handlers(`fetch() { return new Response(new ReadableStream({ ${bytes} })); }`, async (ask) => { for (let i = 0; i < 20; i++) await ask().catch(() => {}); return 1; }), settleExtra: 6000 },
  { name: 'chunks of everything', run: handlers('fetch() { const all = [1, "x", {}, null, [], new ArrayBuffer(8), Symbol(), () => 1, new Proxy({}, {})]; return new Response(new ReadableStream({ pull(c) { c.enqueue(all[Math.floor(Math.random() * all.length)]); } })); }', texts(10)) },
  { name: 'headers without end', run: handlers('fetch() { const h = new Headers(); for (let i = 0; ; i++) h.append("k" + i, "v".repeat(100)); }', async (ask) => (await ask()).status), expect: ['timeout', 'heap_limit', 'terminated'] },
  { name: 'headers that are too many to cross', run: handlers('fetch() { return new Response("", { headers: Array.from({ length: 30000 }, (_, i) => ["k" + i, "v".repeat(500)]) }); }', async (ask) => (await ask()).status), limits: { timeout: 2000 }, expect: ['transfer', 'heap_limit', 'timeout', 'value', 'terminated'] },
  { name: 'requests that are read for ever', run: handlers('async fetch(r) { for await (const c of r.body) void c; return new Response("x"); }', async (ask) => (await ask('/', { method: 'POST', duplex: 'half', body: new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)) }) })).text()), expect: ['timeout'] },
  { name: 'requests of nothing without end', run: handlers('async fetch(r) { return new Response(await r.text()); }', async (ask) => (await ask('/', { method: 'POST', duplex: 'half', body: new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(0)) }) })).text()), expect: ['timeout'] },
  { name: 'a Response whose parts are functions', run: handlers('fetch() { const spin = { toString() { for (;;); } }; Array.prototype.push = function () { this[this.length] = spin; return 1; }; return new Response("x", { headers: { a: "b" } }); }', texts(3)) },
];

/** Spellings of this machine, of private networks and of where clouds keep credentials. */
const inside = ['127.0.0.1', 'localhost', 'LOCALHOST.', '2130706433', '0x7f000001', '0x7f.1', '0177.1', '017700000001', '127.1', '0', '0.0.0.0', '127.0.0.1.', '127.000.000.001', '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::127.0.0.1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::1]', '[fc00::1]', '169.254.169.254', '[fd00:ec2::254]', '0251.0376.0251.0376', '2852039166', '%31%32%37.0.0.1', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'loc\u00adalhost', 'user@127.0.0.1', 'example.com@127.0.0.1', 'example.com\\@127.0.0.1', ' 127.0.0.1', '1\n27.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', 'rebind.test', 'mixed.test', 'mapped.test', 'octal.test', 'none.test'];
/** What a resolver that is not ours may answer. */
const resolver = () => {
  let asked = 0;
  const answers = { 'rebind.test': () => (asked++ % 2 ? ['127.0.0.1'] : ['192.0.2.1']), 'mixed.test': () => ['93.184.216.34', '127.0.0.1'], 'mapped.test': () => ['::ffff:127.0.0.1'], 'octal.test': () => ['0177.0.0.1'], 'none.test': () => [] };
  return (name) => answers[name.toLowerCase()]?.() ?? ['127.0.0.1'];
};

/** A server on this machine, and a guest that fetches through `egress`. */
function outbound(code, answer, given) {
  return async ({ isolet, limits: { maxHeapSize, timeout } }) => {
    let reached = 0;
    const server = createServer((request, response) => {
      reached++;
      answer?.(request, response);
      if (!answer) response.end('inside');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const options = { ports: [port], maxRequests: Number.POSITIVE_INFINITY, timeout: 200, ...given(port) };
    const runtime = new isolet.Runtime({ web: { fetch: isolet.egress(options) }, maxHeapSize, timeout });
    try {
      const value = await runtime.evalAsync(`globalThis.port = ${port}; ${code}`);
      return answer ? value : [value, reached];
    } finally {
      runtime.close();
      server.closeAllConnections();
      server.close();
    }
  };
}
const open = (port) => ({ allow: [`127.0.0.1:${port}`] });
const flood = (response, chunk) => {
  const more = () => { while (!response.destroyed && response.write(chunk)) continue; };
  response.on('drain', more).on('error', () => {});
  more();
};

const fetched = [
  { name: 'SSRF by spelling', limits: { timeout: 5000 }, value: [0, 0], run: outbound(`(async () => { let passed = 0; for (const host of ${JSON.stringify(inside)}) for (const before of ['http://', 'http:', 'http:\\\\\\\\', 'HTTP:/']) await fetch(before + host + ':' + port + '/').then(() => { passed++; }, () => {}); return passed; })()`, undefined, () => ({ lookup: resolver() })) },
  { name: 'SSRF by a name that is allowed', limits: { timeout: 5000 }, value: [0, 0], run: outbound("(async () => { let passed = 0; for (let i = 0; i < 6; i++) for (const name of ['rebind', 'mixed', 'mapped', 'octal', 'none']) await fetch(`http://${name}.test:${port}/`).then(() => { passed++; }, () => {}); return passed; })()", undefined, () => ({ allow: ['*.test'], lookup: resolver() })) },
  { name: 'SSRF by a redirect', limits: { timeout: 3000 }, value: [0], run: outbound("(async () => { let passed = 0; for (const to of ['http://127.0.0.1:1/', 'http://169.254.169.254/', 'http://[::1]:1/', 'file:///etc/passwd', '//localhost:1/', 'ftp://127.0.0.1/', 'http://x:y@127.0.0.1/']) await fetch(`http://127.0.0.1:${port}/?to=` + encodeURIComponent(to)).then(() => { passed++; }, () => {}); return [passed]; })()", (request, response) => response.writeHead(302, { location: new URL(request.url, 'http://a').searchParams.get('to') }).end(), open) },
  { name: 'redirects in a circle', limits: { timeout: 2000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then(() => 1, () => 0)', (_, response) => response.writeHead(302, { location: '/' }).end(), open), value: 0 },
  { name: 'an answer without end', limits: { timeout: 3000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()).then(() => 1, () => 0)', (_, response) => flood(response, Buffer.alloc(65536)), open), value: 0 },
  { name: 'an answer that unpacks without end', limits: { timeout: 3000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()).then(() => 1, () => 0)', (_, response) => gzip(Buffer.alloc(3e7), (_error, bomb) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)), open), value: 0 },
  { name: 'an answer that is packed a hundred times', limits: { timeout: 3000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()).then(() => 1, () => 0)', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip, '.repeat(100) + 'gzip' }).end(gzipSync('x')), open) },
  { name: 'a head without end', limits: { timeout: 3000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then(() => 1, () => 0)', ({ socket }) => { socket.write('HTTP/1.1 200 OK\r\n'); flood(socket, `${'x'.repeat(1000)}: y\r\n`); }, open), value: 0 },
  // The server that floods shares the event loop with who is flooded.
  { name: 'hints without end', blocks: true, limits: { timeout: 3000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then(() => 1, () => 0)', ({ socket }) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n'), open), value: 0 },
  { name: 'an answer byte by byte', limits: { timeout: 3000 }, run: outbound('fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()).then(() => 1, () => 0)', (_, response) => { const timer = setInterval(() => response.write('x'), 5); response.on('close', () => clearInterval(timer)); }, open), value: 0 },
  { name: 'uploads without end', limits: { timeout: 3000 }, run: outbound("fetch(`http://127.0.0.1:${port}/`, { method: 'POST', duplex: 'half', body: new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); } }) }).then(() => 1, () => 0)", (request) => request.resume(), open), value: 0 },
  { name: 'answers that nobody reads', limits: { timeout: 3000 }, expect: ['timeout', 'value'], run: outbound('(async () => { for (let i = 0; i < 500; i++) await fetch(`http://127.0.0.1:${port}/`).catch(() => {}); return 1; })()', (_, response) => flood(response, Buffer.alloc(65536)), open) },
  { name: 'headers of the connection', limits: { timeout: 3000 }, value: [''], run: outbound("fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x', headers: { host: 'evil', connection: 'upgrade', upgrade: 'h2c', 'transfer-encoding': 'chunked', 'content-length': '5', te: 'trailers', expect: '100-continue' } }).then((r) => r.text()).then((t) => [t], (e) => [e.message])", ({ headers }, response) => response.end([headers.host.includes('evil'), headers.upgrade, headers.te, headers.expect, headers['transfer-encoding']].filter(Boolean).join()), (port) => ({ ...open(port), timeout: 5000 })) },
];

/** What a guest can do to its host with requests and answers, in both directions. */
export default group('web-outside', { entry: 'host', blocks: false, memoryExtra: 80 << 20 }, [...served.map((one) => ({ settleExtra: 3000, ...one, name: `served: ${one.name}` })), ...fetched.map((one) => ({ settleExtra: 3000, ...one, name: `fetched: ${one.name}` }))]);
