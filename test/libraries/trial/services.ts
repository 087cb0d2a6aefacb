import type { Program } from './program.ts';

/** Routers, clients, pages, queries, models. */
export const services: readonly Program[] = [
  [
    'graphql',
    "import { graphql, buildSchema } from 'graphql'; value = await graphql({ schema: buildSchema('type Query { a(n: Int!): [Int!]! }'), source: 'query ($n: Int!) { x: a(n: $n) }', variableValues: { n: 3 }, rootValue: { a: async ({ n }) => [n, n + 1] } });",
  ],
  [
    'graphql-tag',
    "import gql from 'graphql-tag'; import { print } from 'graphql'; value = print(gql`query { a(b: 1) { c } }`);",
  ],
  [
    '@apollo/client',
    "import { addTypenameToDocument } from '@apollo/client/utilities'; import { parse, print } from 'graphql'; value = print(addTypenameToDocument(parse('{ a { b } }')));",
    'utilities',
  ],
  [
    '@apollo/client',
    "import { ApolloClient, InMemoryCache, ApolloLink, Observable, gql } from '@apollo/client'; const link = new ApolloLink(() => new Observable((o) => { o.next({ data: { a: { __typename: 'A', id: '1', b: 5 } } }); o.complete(); })); const client = new ApolloClient({ link, cache: new InMemoryCache() }); value = [(await client.query({ query: gql`{ a { id b } }` })).data, client.cache.extract()];",
    'client',
  ],
  [
    '@graphql-tools/schema',
    "import { makeExecutableSchema } from '@graphql-tools/schema'; import { graphql } from 'graphql'; value = await graphql({ schema: makeExecutableSchema({ typeDefs: 'type Query { a: Int }', resolvers: { Query: { a: () => 5 } } }), source: '{ a }' });",
  ],
  [
    'vue',
    "import { createSSRApp, ref, computed, h } from 'vue'; import { renderToString } from '@vue/server-renderer'; value = await renderToString(createSSRApp({ setup() { const n = ref(2); const d = computed(() => n.value * 2); return () => [1, 2].map((i) => h('p', { class: { a: i > 1 } }, d.value + ' <')); } }));",
    'server rendering',
    { memoryMb: 128 },
  ],
  [
    'vue',
    "import { compile, h, createSSRApp } from 'vue/dist/vue.esm-bundler.js'; import { renderToString } from '@vue/server-renderer'; value = [typeof compile('<p>{{ a }}</p>'), await renderToString(createSSRApp({ render: () => h('p', 'x') }))];",
    'compiler',
    { memoryMb: 128 },
  ],
  [
    'svelte',
    "import { compile } from 'svelte/compiler'; value = compile('<script>let { a } = $props();</script><p class=\"x\">{a}</p><style>p { color: red }</style>', { generate: 'server' }).js.code;",
    'compiler',
    { memoryMb: 256 },
  ],
  [
    'svelte',
    "import { render } from 'svelte/server'; value = render((r, { a }) => r.push('<p>' + a + '</p>'), { props: { a: 5 } }).body;",
    'server rendering',
  ],
  [
    'react-dom',
    "import { createElement as h, useState } from 'react'; import { renderToString, renderToStaticMarkup } from 'react-dom/server'; const C = () => h('b', null, useState(5)[0]); value = [renderToString(h('p', { className: 'x' }, 'hi ', h(C))), renderToStaticMarkup(h(C))];",
    'strings',
  ],
  [
    'hono',
    "import { Hono } from 'hono'; import { cors } from 'hono/cors'; import { jwt, sign } from 'hono/jwt'; import { streamSSE } from 'hono/streaming'; import { etag } from 'hono/etag'; import { getCookie, setCookie } from 'hono/cookie'; import { html } from 'hono/html'; const app = new Hono(); app.use(cors()); app.use('/j/*', jwt({ secret: 's', alg: 'HS256' })); app.get('/j/x', (c) => c.json(c.get('jwtPayload'))); app.get('/s', (c) => streamSSE(c, async (s) => { await s.writeSSE({ data: 'a' }); await s.sleep(2); await s.writeSSE({ data: 'b' }); })); app.get('/e', etag(), (c) => { setCookie(c, 'k', 'v'); return c.html('<p>' + (getCookie(c, 'q') ?? 'none') + html`<b>x</b>`); }); app.post('/f', async (c) => c.json(await c.req.parseBody())); const f = new FormData(); f.set('a', 'b'); const get = (p, init) => app.fetch(new Request('http://a.test' + p, init)); const e = await get('/e'); value = [await (await get('/j/x', { headers: { authorization: 'Bearer ' + (await sign({ u: 1 }, 's')) } })).json(), (await get('/j/x')).status, await (await get('/s')).text(), await e.text(), [...e.headers], await (await get('/f', { method: 'POST', body: f })).json()];",
    'middleware, streams, forms',
  ],
  [
    'itty-router',
    "import { Router, json, error, withContent, cors } from 'itty-router'; const { preflight, corsify } = cors(); const r = Router({ before: [preflight], finally: [json, corsify] }); r.post('/p', withContent, ({ content }) => content).all('*', () => error(404)); const p = await r.fetch(new Request('http://a.test/p', { method: 'POST', body: '{\"a\":1}', headers: { 'content-type': 'application/json' } })); value = [await p.json(), (await r.fetch(new Request('http://a.test/x'))).status];",
    'forms and errors',
  ],
  [
    'axios',
    "import axios from 'axios'; const api = axios.create({ baseURL: 'http://api.test', adapter: 'fetch' }); value = [(await api.post('/echo', { a: 1 })).data, (await api.get('/v1/models', { responseType: 'json', params: { q: 'ü' } })).data, await api.get('/none').catch((e) => [e.response.status, e.response.data])];",
    'fetch adapter',
  ],
  [
    'axios',
    "import axios from 'axios'; value = [(await axios.get('http://api.test/v1/models')).data, axios.getUri({ url: '/a', params: { b: [1, 2] } }), await axios.get('http://api.test/v1/models', { signal: AbortSignal.abort() }).catch((e) => e.code)];",
    'adapter of its choice',
  ],
  [
    'ky',
    "import ky, { HTTPError } from 'ky'; const api = ky.create({ prefixUrl: 'http://api.test', retry: 0, hooks: { beforeRequest: [(request) => { request.headers.set('x-a', 'b'); }] } }); value = [await api.get('v1/models').json(), await api.get('none').catch((e) => [e instanceof HTTPError, e.response.status]), await api.post('echo', { body: 'x', timeout: 1000 }).text()];",
    'hooks and errors',
  ],
  [
    'ofetch',
    "import { ofetch } from 'ofetch'; const api = ofetch.create({ baseURL: 'http://api.test', retry: 0 }); value = [await api('/v1/models', { query: { a: 1 } }), await api('/none').catch((e) => [e.status, e.data]), (await api.raw('/v1/models', { timeout: 1000 })).status];",
    'errors',
  ],
  [
    'openai',
    "import OpenAI, { toFile } from 'openai'; const ai = new OpenAI({ apiKey: 'k', baseURL: 'http://api.test/v1', maxRetries: 1 }); value = [await ai.models.retrieve('none').catch((e) => [e.constructor.name, e.status]), (await toFile(new Blob(['x']), 'a.txt')).name, await ai.models.list({ timeout: 5000 }).withResponse().then(({ response }) => response.status)];",
    'errors and files',
  ],
  [
    'stripe',
    "import Stripe from 'stripe'; const stripe = new Stripe('sk_test', { host: 'api.test', protocol: 'http', httpClient: Stripe.createFetchHttpClient(), maxNetworkRetries: 0 }); const payload = JSON.stringify({ id: 'e', object: 'event', type: 'x' }); const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: 's', cryptoProvider: Stripe.createSubtleCryptoProvider() }); value = [(await stripe.customers.retrieve('c1')).id, (await stripe.webhooks.constructEventAsync(payload, header, 's', undefined, Stripe.createSubtleCryptoProvider())).type, await stripe.customers.retrieve('c2').catch((e) => e.constructor.name)];",
    '',
    { memoryMb: 128 },
  ],
  [
    '@aws-sdk/client-s3',
    "import { S3Client, PutObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'; const s3 = new S3Client({ region: 'r', endpoint: 'http://api.test', forcePathStyle: true, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 }); const put = await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'text' })); const got = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })); value = [put.$metadata.httpStatusCode, put.ETag, await got.Body.transformToString()];",
    '',
    { memoryMb: 128 },
  ],
  [
    '@aws-sdk/client-s3',
    "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3'; const s3 = new S3Client({ region: 'r', endpoint: 'http://api.test', forcePathStyle: true, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 }); value = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'none' })).catch((e) => { if (e.name === 'ReferenceError') throw e; return e.name; });",
    'answers in XML (lists, errors)',
    { memoryMb: 128 },
  ],
  [
    '@langchain/core',
    "import { PromptTemplate, ChatPromptTemplate } from '@langchain/core/prompts'; import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables'; import { StringOutputParser, JsonOutputParser } from '@langchain/core/output_parsers'; import { FakeListChatModel } from '@langchain/core/utils/testing'; const chain = ChatPromptTemplate.fromMessages([['system', 's {a}'], ['user', '{b}']]).pipe(new FakeListChatModel({ responses: ['hello'] })).pipe(new StringOutputParser()); let text = ''; for await (const part of await chain.stream({ a: 1, b: 'x' })) text += part; value = [await PromptTemplate.fromTemplate('a {b}').format({ b: 1 }), await RunnableSequence.from([new RunnableLambda({ func: (n) => n + 1 }), new RunnableLambda({ func: async (n) => n * 2 })]).invoke(1), await new JsonOutputParser().invoke('```json\\n{\"a\":1}\\n```'), text];",
    '',
    { memoryMb: 256 },
  ],
  [
    'drizzle-orm',
    "import { pgTable, serial, text, PgDialect, integer } from 'drizzle-orm/pg-core'; import { eq, and, gt, sql } from 'drizzle-orm'; import { drizzle } from 'drizzle-orm/pg-proxy'; const t = pgTable('t', { id: serial('id').primaryKey(), n: text('n'), k: integer('k') }); const seen = []; const db = drizzle(async (text, params) => { seen.push([text, params]); return { rows: [[1, 'x', 2]] }; }); value = [await db.select().from(t).where(and(eq(t.n, 'a'), gt(t.k, 5), sql`1 = 1`)), seen];",
    '',
    { memoryMb: 128 },
  ],
  [
    'drizzle-orm',
    "import { sqliteTable, integer, text } from 'drizzle-orm/sqlite-core'; import { drizzle } from 'drizzle-orm/sqlite-proxy'; const t = sqliteTable('t', { id: integer('id').primaryKey(), d: integer('d', { mode: 'timestamp' }), j: text('j', { mode: 'json' }) }); const db = drizzle(async () => ({ rows: [[1, 5, '{\"a\":1}']] })); value = await db.select().from(t);",
    'SQLite',
    { memoryMb: 128 },
  ],
  [
    'kysely',
    "import { Kysely, DummyDriver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'; const db = new Kysely({ dialect: { createAdapter: () => new SqliteAdapter(), createDriver: () => new DummyDriver(), createIntrospector: (d) => new SqliteIntrospector(d), createQueryCompiler: () => new SqliteQueryCompiler() } }); const q = db.selectFrom('t').innerJoin('u', 'u.id', 't.u').select(['t.a', 'u.b']).where('t.a', '>', 5).compile(); value = [q.sql, q.parameters, await db.selectFrom('t').selectAll().execute()];",
  ],
];
