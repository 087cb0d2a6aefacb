// URLs and texts by the guest's own classes, beside Node's on the same loop.
import { withNode } from './beside-node.mjs';

const kilobyte = {
  ascii: "'The quick brown fox. '.repeat(48)",
  mixed: "'Größe: 12 €, naïve café. '.repeat(36)",
  cjk: "'天地玄黄宇宙洪荒'.repeat(42)",
};

const encode = (kind) =>
  withNode(
    `text-encode-${kind}`,
    `TextEncoder on 1 kB, ${kind}`,
    `const encoder = new TextEncoder(); const text = ${kilobyte[kind]}.split('').join('')`,
    ['sum += encoder.encode(text).length;'],
  );

const decode = (kind) =>
  withNode(
    `text-decode-${kind}`,
    `TextDecoder on 1 kB, ${kind}`,
    `const decoder = new TextDecoder(); const bytes = new TextEncoder().encode(${kilobyte[kind]})`,
    ['sum += decoder.decode(bytes).length;'],
  );

const query = "'a=1&b=two+words&c=%20&i=' + (i & 7)";

export default [
  withNode('url-short', 'new URL of a short address', '', [
    "sum += new URL('https://example.com/' + (i & 7)).pathname.length;",
  ]),
  withNode(
    'url-long',
    'new URL with every part, three of them read',
    "const text = 'https://user:pass@sub.example.com:8443/p/a/t/h/'",
    [
      "const url = new URL(text + i + '?query=string&a=b#hash');",
      'sum += url.hostname.length + url.pathname.length + url.search.length;',
    ],
  ),
  withNode('url-base', 'new URL against a base', '', [
    "sum += new URL('../x?' + (i & 7), 'https://example.com/a/b/c').href.length;",
  ]),
  withNode('url-set', 'a search set', "const url = new URL('https://example.com/')", [
    "sum += (url.search = 'a=' + i).length;",
  ]),
  withNode('url-search-params', 'a parameter of a URL read', '', [
    "sum += new URL('https://example.com/p?a=1&b=2&i=' + (i & 7)).searchParams.get('i').length;",
  ]),
  withNode('url-params', 'URLSearchParams parsed, read and written', '', [
    `const params = new URLSearchParams(${query});`,
    "sum += params.get('b').length + params.toString().length;",
  ]),
  withNode('url-params-record', 'URLSearchParams of an object, written', '', [
    "sum += new URLSearchParams({ q: 'two words', page: '' + (i & 7), lang: 'en' }).toString().length;",
  ]),
  encode('ascii'),
  encode('mixed'),
  encode('cjk'),
  decode('ascii'),
  decode('mixed'),
  decode('cjk'),
  withNode('base64', 'btoa and atob of 1 kB', `const text = ${kilobyte.ascii}`, ['sum += atob(btoa(text)).length;']),
];
