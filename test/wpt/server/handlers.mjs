/** What the Python handlers of fetch/api answer, for those that a server's fetch can ask: no cookies, no CORS, no cache. */
import { setTimeout as wait } from 'node:timers/promises';

/** @typedef {(request: import('./exchange.mjs').Exchange, stash: Map<string, string>) => import('./exchange.mjs').Reply | Promise<import('./exchange.mjs').Reply>} Handler */

const plain = ['Content-Type', 'text/plain'];

/** @type {Record<string, Handler>} */
export const handlers = {
  '/common/redirect.py': ({ query }) => ({
    status: Number(query.get('status') ?? 302),
    headers: [['Location', query.get('location') ?? '']],
  }),
  '/common/slow.py': async (request) => {
    await wait(request.number('delay', 2000));
    return {};
  },
  '/fetch/api/resources/authentication.py': authenticate,
  '/fetch/api/resources/cache.py': (request) =>
    request.header('If-None-Match') === '"123abc"'
      ? { status: 304, text: 'Not Modified', headers: [['X-HTTP-STATUS', '304']] }
      : { headers: [['ETag', '"123abc"'], plain], body: 'lorem ipsum dolor sit amet' },
  '/fetch/api/resources/clean-stash.py': ({ query }, stash) => ({ body: stash.delete(query.get('token')) ? '1' : '0' }),
  '/fetch/api/resources/dump-authorization-header.py': (request) => ({
    headers: [['Content-Type', 'text/html']],
    body: request.header('Authorization') ?? 'none',
  }),
  '/fetch/api/resources/echo-content.py': (request) => ({
    headers: [
      ['X-Request-Method', request.method],
      ['X-Request-Content-Length', request.header('Content-Length') ?? 'NO'],
      ['X-Request-Content-Type', request.header('Content-Type') ?? 'NO'],
      plain,
    ],
    body: request.body,
  }),
  '/fetch/api/resources/inspect-headers.py': inspectHeaders,
  '/fetch/api/resources/method.py': (request) => ({
    headers: [
      ['x-request-method', request.method],
      ...['Type', 'Length', 'Encoding', 'Language', 'Location'].map((part) => [
        `x-request-content-${part.toLowerCase()}`,
        request.header(`Content-${part}`) ?? 'NO',
      ]),
    ],
    body: request.body,
  }),
  '/fetch/api/resources/redirect-empty-location.py': () => ({ status: 302, headers: [['Location', '']] }),
  '/fetch/api/resources/redirect.py': redirect,
  '/fetch/api/resources/stash-put.py': (request, stash) => {
    stash.set(request.folder + request.query.get('key'), request.query.get('value'));
    return { body: 'done' };
  },
  '/fetch/api/resources/stash-take.py': take,
  '/fetch/api/resources/status.py': status,
  '/fetch/content-encoding/br/resources/bad-br-body.py': () => wronglyEncoded('br'),
  '/fetch/content-encoding/gzip/resources/bad-gzip-body.py': () => wronglyEncoded('gzip'),
  '/fetch/content-encoding/zstd/resources/bad-zstd-body.py': () => wronglyEncoded('zstd'),
  '/wasm/webapi/status.py': (request) => ({
    status: request.number('status', 200),
    headers: [['Content-Type', 'application/wasm']],
    body: '\0asm\x01\0\0\0',
  }),
  '/xhr/resources/echo-headers.py': ({ rawHeaders }) => ({
    headers: [plain],
    body: rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\n`)).join(''),
  }),
  '/xhr/resources/parse-headers.py': ({ query }) => ({
    headers: query.has('my-custom-header') ? [['My-Custom-Header', query.get('my-custom-header')]] : [],
  }),
  '/xhr/resources/status.py': status,
};

function authenticate(request) {
  const given = `Basic ${btoa('user:password')}`;
  if (request.header('Authorization') === given) return { body: 'Authentication done' };
  const realm = request.query.get('realm') ?? 'test';
  return { status: 401, text: 'Unauthorized', headers: [['WWW-Authenticate', `Basic realm="${realm}"`]], body: 'no' };
}

function inspectHeaders(request) {
  const asked = (request.query.get('headers') ?? '').split('|').filter(Boolean);
  const found = asked.filter((name) => request.header(name) !== undefined);
  return { headers: [...found.map((name) => [`x-request-${name}`, request.header(name)]), plain] };
}

/** Counts under a token how often it was asked, and stops after `max_count`. */
async function redirect(request, stash) {
  const { query } = request;
  const token = query.get('token');
  const count = Number(stash.get(token) ?? 0) + 1;
  const headers = [plain, ['Cache-Control', 'no-cache']];
  const location = query.get('location');
  if (location !== undefined)
    headers.push(['Location', query.has('simple') ? location : carry(location, query, count)]);
  if (query.has('delay')) await wait(request.number('delay', 0));
  if (token !== undefined) {
    stash.set(token, String(count));
    if (count > request.number('max_count', Number.POSITIVE_INFINITY)) return { headers, body: String(count - 1) };
  }
  return { status: request.number('redirect_status', 302), text: 'Redirect', headers };
}

/** An address of HTTP takes the parameters along, and differs each time. */
function carry(location, query, count) {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location)?.[1].toLowerCase() ?? '';
  if (!['', 'http', 'https'].includes(scheme)) return location;
  const parts = [...query].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${location}${location.includes('?') ? '&' : '?'}${parts.join('&')}&count=${count}`;
}

function take(request, stash) {
  const key = request.folder + request.query.get('key');
  const value = stash.get(key) ?? null;
  stash.delete(key);
  return { headers: [['Content-Type', 'application/json']], body: JSON.stringify(value) };
}

function status(request) {
  const { query } = request;
  return {
    status: request.number('code', 200),
    text: query.get('text') ?? 'OMG',
    headers: [
      ['Content-Type', query.get('type') ?? ''],
      ['X-Request-Method', request.method],
    ],
    body: query.get('content') ?? '',
  };
}

function wronglyEncoded(name) {
  return { headers: [['Content-Encoding', name]], body: `not actually ${name}` };
}
