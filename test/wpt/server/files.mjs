/** Files of the checkout as the server of web-platform-tests hands them out. */
import { readFile } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';

const types = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
  '.txt': 'text/plain',
  '.gz': 'application/gzip',
};

/**
 * With the headers of the file beside it (`NAME.headers`) and those that `?pipe=header(name,value)` adds. An `.asis` file
 * is the whole answer, with the line ends of HTTP.
 *
 * @param {string} dir the checkout
 * @param {import('./exchange.mjs').Exchange} request
 * @returns {Promise<import('./exchange.mjs').Reply>}
 */
export async function fileReply(dir, request) {
  const path = join(dir, posix.normalize(request.path));
  try {
    const body = await readFile(path);
    if (path.endsWith('.asis')) return { raw: asIs(body) };
    const headers = [...(await headersBeside(path)), ...piped(request.query.get('pipe') ?? '')];
    const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
    const type = types[extname(path)];
    return { headers: typed || !type ? headers : [['Content-Type', type], ...headers], body };
  } catch {
    return { status: 404, text: 'Not Found', headers: [['Content-Type', 'text/plain']], body: 'Not found' };
  }
}

function asIs(body) {
  const text = body.toString('latin1').replaceAll(/\r?\n/g, '\r\n');
  return Buffer.from(text.includes('\r\n\r\n') ? text : `${text}\r\n`, 'latin1');
}

async function headersBeside(path) {
  const text = await readFile(`${path}.headers`, 'latin1').catch(() => '');
  return text
    .split(/\r?\n/)
    .filter((line) => line.includes(':'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}

function piped(text) {
  return [...text.matchAll(/header\(([^,)]*),([^,)]*)(?:,[^)]*)?\)/g)].map(([, name, value]) => [name, value]);
}
