/**
 * The rows of the table: which folders of web-platform-tests a row counts. `pages` are the few `.window.js` files in them
 * that want no document. A row with `server` counts the files that ask a server, `except` those (by a part of the path)
 * that want more of it than a program without a page has: cookies, CORS, an origin, a cache, a referrer, HTTP/2 or
 * certificates.
 *
 * @typedef {{ name: string, folders: string[], pages?: string[], server?: boolean, except?: string[] }} Row
 * @type {Row[]}
 */
export const rows = [
  { name: 'streams', folders: ['streams'] },
  { name: 'url', folders: ['url'] },
  { name: 'url with IDNA data', folders: [], pages: ['url/IdnaTestV2.window.js', 'url/IdnaTestV2-removed.window.js'] },
  { name: 'urlpattern', folders: ['urlpattern'] },
  { name: 'encoding', folders: ['encoding'] },
  { name: 'atob', folders: ['html/webappapis/atob'] },
  { name: 'structured-clone', folders: ['html/webappapis/structured-clone'] },
  { name: 'dom/abort', folders: ['dom/abort'] },
  { name: 'dom/events', folders: ['dom/events'] },
  { name: 'FileAPI', folders: ['FileAPI'] },
  { name: 'xhr/formdata', folders: ['xhr/formdata'] },
  { name: 'compression', folders: ['compression'] },
  { name: 'fetch/api/headers', folders: ['fetch/api/headers'] },
  { name: 'fetch/api/body', folders: ['fetch/api/body'] },
  { name: 'fetch/api/request', folders: ['fetch/api/request'] },
  { name: 'fetch/api/response', folders: ['fetch/api/response'] },
  { name: 'fetch/data-urls', folders: ['fetch/data-urls'] },
  { name: 'WebCryptoAPI', folders: ['WebCryptoAPI'] },
  { name: 'hr-time', folders: ['hr-time'] },
  { name: 'user-timing', folders: ['user-timing'] },
  { name: 'performance-timeline', folders: ['performance-timeline'] },
  { name: 'console', folders: ['console'] },
  { name: 'timers', folders: ['html/webappapis/timers'] },
  { name: 'microtask-queuing', folders: ['html/webappapis/microtask-queuing'] },
  { name: 'reportError', folders: ['html/webappapis/scripting'] },
  { name: 'webmessaging', folders: ['webmessaging'] },
  { name: 'webidl', folders: ['webidl'] },
  { name: 'wasm/webapi', folders: ['wasm/webapi'] },
  {
    name: 'fetch with a server',
    folders: [
      'FileAPI/file',
      'fetch/api/abort',
      'fetch/api/basic',
      'fetch/api/credentials',
      'fetch/api/headers',
      'fetch/api/redirect',
      'fetch/api/response',
      'fetch/content-encoding',
      'wasm/webapi',
    ],
    server: true,
    except: [
      '.h2.',
      '/cache.https',
      '/conditional-get',
      '/cookies.',
      '/authentication-redirection',
      '/http-response-code',
      'keepalive',
      '/mode-',
      '/origin.sub',
      'private-network',
      // Browsers set Origin, and forbid headers that a server may send.
      '/request-forbidden-headers',
      '/request-headers.any',
      '/redirect-back-to-original-origin',
      '/redirect-mode',
      '/redirect-origin',
      '/response-blob-realm',
      'referrer',
    ],
  },
];

/** The file that keeps what is expected of a row. */
export function fileName(row) {
  return `${row.name.replaceAll(/[^A-Za-z0-9-]+/g, '-')}.json`;
}
