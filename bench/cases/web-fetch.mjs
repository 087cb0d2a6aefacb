// Headers, Request and Response of a guest, beside Node's on the same loop.
import { withNode, withNodeAsync } from './beside-node.mjs';

const ten =
  "{ 'content-type': 'application/json', 'cache-control': 'no-store', etag: '\"abc\"', vary: 'Accept', age: '10', " +
  "server: 'edge', 'X-Request-Id': 'c0ffee', 'X-Frame-Options': 'DENY', 'Content-Language': 'en', link: '<a>; rel=next' }";
const json = '\'{"id":1,"name":"a product","tags":["red","blue"],"price":12.5}\'';

export default [
  withNode('headers-new', 'new Headers, one set and read', '', [
    'const headers = new Headers();',
    "headers.set('content-type', 'text/plain');",
    "sum += headers.get('Content-Type').length;",
  ]),
  withNode('headers-ten', 'new Headers of an object with ten', `const init = ${ten}`, [
    "sum += new Headers(init).get('x-request-id').length;",
  ]),
  withNode('headers-pairs', 'new Headers of ten pairs', `const init = Object.entries(${ten})`, [
    "sum += new Headers(init).get('x-request-id').length;",
  ]),
  withNode('headers-walk', 'ten headers iterated over', `const headers = new Headers(${ten})`, [
    'for (const [name, value] of headers) sum += name.length + value.length;',
  ]),
  withNode('request-new', 'new Request of an address', '', [
    "sum += new Request('https://example.com/' + (i & 7)).method.length;",
  ]),
  withNode('request-ten', 'new Request with a method, ten headers and a body', `const headers = ${ten}`, [
    "sum += new Request('https://example.com/' + (i & 7), { method: 'POST', headers, body: 'text' }).url.length;",
  ]),
  withNode('response-new', 'new Response of a text', '', ["sum += new Response('text ' + i).status;"]),
  withNode('response-ten', 'new Response of a text with a status and ten headers', `const headers = ${ten}`, [
    "sum += new Response('text', { status: 201, headers }).headers.get('content-type').length;",
  ]),
  withNode('response-json-new', 'Response.json of an object', '', [
    "sum += Response.json({ id: i, name: 'a product' }).headers.get('content-type').length;",
  ]),
  withNodeAsync('response-text', 'new Response of a text and its text()', '', [
    "sum += (await new Response('text ' + (i & 7)).text()).length;",
  ]),
  withNodeAsync('response-json', 'new Response of JSON and its json()', `const text = ${json}`, [
    'sum += (await new Response(text).json()).id;',
  ]),
];
