/**
 * One request as a handler sees it, and the answer as bytes. Header values, query and bodies are latin1 texts: a byte is a
 * character. Answers are written to the socket as they are, because tests ask for what node:http would correct or refuse.
 */

/** @typedef {{ status?: number, text?: string, headers?: [string, string][], body?: string | Buffer,
 *   stream?: (send: (chunk: string) => Promise<boolean>) => Promise<void>, raw?: Buffer }} Reply */

export class Exchange {
  /** @param {import('./read-request.mjs').Request} message */
  constructor(message) {
    const [path, query = ''] = message.url.split('?');
    this.method = message.method;
    this.path = latin1(path);
    this.query = readQuery(query);
    this.body = message.body;
    /** Names and values in turn, as they came. */
    this.rawHeaders = message.rawHeaders;
  }

  /** The folder of the path, for what only its handlers share. */
  get folder() {
    return this.path.replace(/[^/]*$/, '');
  }

  /** Values of a header, joined; undefined if there is none. */
  header(name) {
    const values = [];
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      if (this.rawHeaders[i].toLowerCase() === name.toLowerCase()) values.push(this.rawHeaders[i + 1]);
    }
    return values.length > 0 ? values.join(', ') : undefined;
  }

  number(name, fallback) {
    return this.query.has(name) ? Number(this.query.get(name)) : fallback;
  }
}

/** The first value of each name. */
function readQuery(text) {
  const query = new Map();
  for (const part of text.split('&').filter(Boolean)) {
    const [name, ...rest] = part.split('=');
    if (!query.has(latin1(name))) query.set(latin1(name), latin1(rest.join('=')));
  }
  return query;
}

function latin1(text) {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/**
 * Writes an answer and closes the connection, so that each request has its own.
 * @param {import('node:net').Socket} socket @param {Reply} reply
 */
export async function write(socket, method, reply) {
  if (reply.raw) return void socket.end(reply.raw);
  const { status = 200, text = 'OK', headers = [], body = '', stream } = reply;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const length = headers.some(([name]) => name.toLowerCase() === 'content-length');
  const own = [['Connection', 'close'], ...(stream || length ? [] : [['Content-Length', String(bytes.length)]])];
  const lines = [...headers, ...own].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`HTTP/1.1 ${status} ${text}\r\n${lines}\r\n`, 'latin1');
  if (stream) await stream((chunk) => sent(socket, chunk));
  else if (method !== 'HEAD') socket.write(bytes);
  socket.end();
}

/** False once the client is gone. */
function sent(socket, chunk) {
  if (socket.destroyed || !socket.writable) return Promise.resolve(false);
  return new Promise((resolve) => socket.write(chunk, 'latin1', (error) => resolve(!error)));
}
