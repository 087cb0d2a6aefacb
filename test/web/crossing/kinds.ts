import { runInThisContext } from 'node:vm';

/** One object of each kind that crosses, on both sides, and how to say all that must arrive. */
export interface WebKind {
  readonly name: string;
  /** An expression that makes one: the same on both sides. */
  readonly make: string;
  /** A function's text: what is to be seen of one. May be async. */
  readonly show: string;
}

export const webKinds: readonly WebKind[] = [
  {
    name: 'URL',
    make: "new URL('https://user@exämple.com:81/a b?x=1#y')",
    show: '(it) => [it instanceof URL, it.href, it.searchParams.get("x")]',
  },
  {
    name: 'URLSearchParams',
    make: "new URLSearchParams([['a', '1'], ['a', '&='], ['?', 'ü']])",
    show: '(it) => [it instanceof URLSearchParams, [...it]]',
  },
  {
    name: 'Headers',
    make: "new Headers([['B', '2'], ['a', '1'], ['A', 'é'], ['Set-Cookie', 'x=1'], ['set-cookie', 'y=2']])",
    show: '(it) => { const all = [...it]; it.append("c", "3"); return [it instanceof Headers, all, it.getSetCookie(), it.get("c")]; }',
  },
  {
    name: 'Blob',
    make: "new Blob(['text ', new Uint8Array([226, 130, 172]), new Blob(['!'])], { type: 'Text/Plain' })",
    show: 'async (it) => [it instanceof Blob, it.size, it.type, await it.text(), await it.slice(1, 4).text()]',
  },
  {
    name: 'empty Blob',
    make: 'new Blob([])',
    show: 'async (it) => [it instanceof Blob, it.size, it.type, await it.text()]',
  },
  {
    name: 'File',
    make: "new File(['one', 'two'], 'ü.txt', { type: 'text/plain', lastModified: 1_700_000_000_000 })",
    show: 'async (it) => [it instanceof File, it instanceof Blob, it.name, it.lastModified, it.type, await it.text()]',
  },
  {
    name: 'FormData',
    make: "(() => { const form = new FormData(); form.append('a', '1'); form.append('a', '2'); form.append('f', new File(['x'], 'x.bin', { type: 'a/b', lastModified: 5 })); form.append('g', new Blob(['yy']), 'y'); return form; })()",
    show: 'async (it) => [it instanceof FormData, it.getAll("a"), [...it.keys()], it.get("f") instanceof File, it.get("f").name, it.get("f").lastModified, await it.get("f").text(), it.get("g").name, await it.get("g").text()]',
  },
  {
    name: 'DOMException',
    make: "new DOMException('the message', 'DataError')",
    show: '(it) => [it instanceof DOMException, it instanceof Error, it.name, it.message, it.code, typeof it.stack, Object.keys(it)]',
  },
  {
    name: 'aborted AbortSignal',
    make: "AbortSignal.abort({ why: ['x'] })",
    show: '(it) => [it instanceof AbortSignal, it.aborted, it.reason]',
  },
  {
    name: 'AbortSignal aborted without a reason',
    make: 'AbortSignal.abort()',
    show: '(it) => [it instanceof AbortSignal, it.aborted, it.reason instanceof DOMException, it.reason.name]',
  },
  {
    name: 'AbortSignal',
    make: 'new AbortController().signal',
    show: '(it) => [it instanceof AbortSignal, it.aborted, it.reason]',
  },
  {
    name: 'Request',
    make: "new Request('https://example.com/a?b', { method: 'PUT', body: 'the body', headers: { 'X-One': '1', 'content-type': 'text/x' }, redirect: 'manual', cache: 'no-store', credentials: 'omit', mode: 'same-origin', integrity: 'sha256-x', referrerPolicy: 'no-referrer' })",
    show: 'async (it) => [it instanceof Request, it.method, it.url, [...it.headers], it.redirect, it.cache, it.credentials, it.mode, it.integrity, it.referrerPolicy, it.signal.aborted, it.bodyUsed, await it.text(), it.bodyUsed]',
  },
  {
    name: 'Request without a body',
    make: "new Request('https://example.com/')",
    show: 'async (it) => [it instanceof Request, it.method, it.body, [...it.headers], it.signal instanceof AbortSignal, await it.text()]',
  },
  {
    name: 'Response',
    make: "new Response('the body', { status: 404, statusText: 'Nope', headers: [['a', '1'], ['set-cookie', 'x'], ['set-cookie', 'y']] })",
    show: 'async (it) => [it instanceof Response, it.status, it.statusText, it.ok, it.type, it.url, it.redirected, [...it.headers], it.bodyUsed, await it.text(), it.bodyUsed]',
  },
  {
    name: 'Response without a body',
    make: 'new Response(null, { status: 204 })',
    show: 'async (it) => [it instanceof Response, it.status, it.body, [...it.headers], await it.text()]',
  },
  {
    name: 'Response with bytes',
    make: 'new Response(new Uint8Array([1, 2, 255]))',
    show: 'async (it) => [[...it.headers], [...new Uint8Array(await it.arrayBuffer())]]',
  },
  {
    name: 'Response with a stream',
    make: "new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([1])); c.enqueue(new Uint8Array([2, 3])); c.close(); } }), { headers: { 'content-type': 'a/b' } })",
    show: 'async (it) => { const sizes = []; for await (const chunk of it.body) sizes.push(chunk.length); return [[...it.headers], sizes, it.bodyUsed]; }',
  },
  {
    name: 'Response that failed',
    make: 'Response.error()',
    show: '(it) => [it instanceof Response, it.type, it.status]',
  },
  {
    name: 'redirect',
    make: "Response.redirect('https://example.com/x', 307)",
    show: '(it) => [it.status, it.headers.get("location")]',
  },
];

/** Runs a text on this side. */
export function here<T>(text: string): T {
  return runInThisContext(`(${text})`) as T;
}
