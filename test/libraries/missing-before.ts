import type { Sample } from './sample.ts';

/** Libraries that want names of the web, and failed or did something else without. */
export const missingBefore: readonly Sample[] = [
  [
    'zod',
    "import { z } from 'zod'; value = [z.url().safeParse('https://a.test/').success, z.url().safeParse('no').success];",
    [true, false],
  ],
  [
    'valibot',
    "import * as v from 'valibot'; const s = v.pipe(v.string(), v.url()); value = [v.is(s, 'https://a.test/'), v.is(s, 'no')];",
    [true, false],
  ],
  [
    'arktype',
    "import { type } from 'arktype'; const t = type({ id: 'string.url', n: 'number > 1' }); value = [t({ id: 'https://a.test/', n: 2 }) instanceof type.errors, t({ id: 'no', n: 0 }) instanceof type.errors];",
    [false, true],
  ],
  [
    'joi',
    "import Joi from 'joi'; const s = Joi.object({ a: Joi.string().uri(), b: Joi.string().email() }); value = [s.validate({ a: 'https://a.test/', b: 'a@b.com' }).error === undefined, s.validate({ a: 'no' }).error.message];",
    [true, '"a" must be a valid uri'],
  ],
  ['nanoid', "import { nanoid } from 'nanoid'; value = [nanoid().length, nanoid() !== nanoid()];", [21, true]],
  ['ulid', "import { ulid, decodeTime } from 'ulid'; value = [ulid().length, decodeTime(ulid(1000))];", [26, 1000]],
  [
    'uuid',
    "import { v4, v5, validate } from 'uuid'; value = [validate(v4()), v5('a', v5.URL)];",
    [true, 'e1407479-3136-56c0-9908-bb02fb0339e2'],
  ],
  [
    'jose',
    "import { SignJWT, jwtVerify, generateKeyPair, base64url } from 'jose'; const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef'); const jwt = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).sign(key); const { privateKey, publicKey } = await generateKeyPair('ES256'); const other = await new SignJWT({ b: 2 }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey); value = [(await jwtVerify(jwt, key)).payload, (await jwtVerify(other, publicKey)).payload, base64url.encode('a?>')];",
    [{ a: 1 }, { b: 2 }, 'YT8-'],
  ],
  [
    'tweetnacl',
    "import nacl from 'tweetnacl'; const { publicKey, secretKey } = nacl.sign.keyPair(); const m = new TextEncoder().encode('m'); value = nacl.sign.detached.verify(m, nacl.sign.detached(m, secretKey), publicKey);",
    true,
  ],
  [
    '@noble/hashes',
    "import { sha256 } from '@noble/hashes/sha2.js'; import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'; value = bytesToHex(sha256(utf8ToBytes('ü'))).slice(0, 8);",
    '607474ca',
  ],
  [
    '@noble/curves',
    "import { ed25519 } from '@noble/curves/ed25519.js'; const { secretKey, publicKey } = ed25519.keygen(); const m = new Uint8Array(3); value = ed25519.verify(ed25519.sign(m, secretKey), m, publicKey);",
    true,
  ],
  [
    'crypto-js',
    "import CryptoJS from 'crypto-js'; value = CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('text', 'pass').toString(), 'pass').toString(CryptoJS.enc.Utf8);",
    'text',
  ],
  [
    'bcryptjs',
    "import bcrypt from 'bcryptjs'; value = await bcrypt.compare('p', await bcrypt.hash('p', await bcrypt.genSalt(4)));",
    true,
  ],
  [
    'jszip',
    "import JSZip from 'jszip'; const zip = new JSZip(); zip.file('a.txt', 'text'); const bytes = await zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' }); const blob = await zip.generateAsync({ type: 'blob' }); value = [await (await JSZip.loadAsync(bytes)).file('a.txt').async('string'), blob instanceof Blob];",
    ['text', true],
  ],
  [
    '@msgpack/msgpack',
    "import { encode, decode } from '@msgpack/msgpack'; value = decode(encode({ a: [1, 'ü', new Uint8Array([1])], d: new Date(0) }));",
    { a: [1, 'ü', new Uint8Array([1])], d: new Date(0) },
  ],
  [
    'flatbuffers',
    "import { Builder, ByteBuffer } from 'flatbuffers'; const b = new Builder(1); const s = b.createString('ü'); b.startObject(1); b.addFieldOffset(0, s, 0); b.finish(b.endObject()); value = b.asUint8Array().length > 8;",
    true,
  ],
  [
    'yaml',
    "import { parse, stringify } from 'yaml'; value = [parse('a: [1, x]\\nb: !!binary aGk='), stringify({ a: [1] })];",
    [{ a: [1, 'x'], b: new Uint8Array([104, 105]) }, 'a:\n  - 1\n'],
  ],
  [
    'jsonata',
    "import jsonata from 'jsonata'; value = await jsonata('$sum(a.n)').evaluate({ a: [{ n: 1 }, { n: 2 }] });",
    3,
  ],
  [
    'cheerio',
    "import { load } from 'cheerio/slim'; value = load('<ul><li>a</li><li class=b>b</li></ul>')('li.b').text();",
    'b',
  ],
  [
    'react-dom',
    "import { createElement as h } from 'react'; import { renderToReadableStream } from 'react-dom/server.edge'; const stream = await renderToReadableStream(h('p', { className: 'x' }, 'hi ', 5)); value = await new Response(stream).text();",
    '<p class="x">hi <!-- -->5</p>',
  ],
  [
    'hono',
    "import { Hono } from 'hono'; const app = new Hono(); app.get('/u/:id', (c) => c.json({ id: c.req.param('id'), q: c.req.query('q') })); value = await (await app.fetch(new Request('http://a.test/u/5?q=x'))).json();",
    { id: '5', q: 'x' },
  ],
  [
    'itty-router',
    "import { AutoRouter } from 'itty-router'; const r = AutoRouter(); r.get('/u/:id', ({ id, query }) => ({ id, q: query.q })); value = await (await r.fetch(new Request('http://a.test/u/5?q=x'))).json();",
    { id: '5', q: 'x' },
  ],
  [
    'openai',
    "import OpenAI from 'openai'; const ai = new OpenAI({ apiKey: 'k', baseURL: 'http://api.test/v1', maxRetries: 0 }); const { data } = await ai.models.list(); let text = ''; for await (const part of await ai.chat.completions.create({ model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] })) text += part.choices[0].delta.content; value = [data[0].id, text];",
    ['m', 'Hello'],
  ],
  [
    'ky',
    "import ky from 'ky'; value = await ky.post('http://api.test/echo', { json: { a: 1 }, timeout: 5000 }).json();",
    { a: 1 },
  ],
  [
    'ofetch',
    "import { ofetch } from 'ofetch'; value = await ofetch('http://api.test/echo', { method: 'POST', body: { a: 1 } });",
    { a: 1 },
  ],
  [
    'eventsource-parser',
    "import { EventSourceParserStream } from 'eventsource-parser/stream'; const s = new Blob(['id: 1\\ndata: a\\n\\ndata: b\\n\\n']).stream().pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()); value = []; for await (const { data } of s) value.push(data);",
    ['a', 'b'],
  ],
];
