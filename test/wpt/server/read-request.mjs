/**
 * Reads one request off a socket. node:http would not do: its parser refuses methods that it does not know, and header values
 * that the standard allows.
 */

/**
 * @typedef {{ method: string, url: string, rawHeaders: string[], body: Buffer }} Request
 * @param {AsyncIterable<Buffer>} socket
 * @returns {Promise<Request | undefined>} undefined if the other side leaves before it has asked
 */
export async function readRequest(socket) {
  const source = new Source(socket);
  const head = await source.until('\r\n\r\n');
  if (head === undefined) return undefined;
  const [first, ...lines] = head.toString('latin1').split('\r\n');
  const [method, url] = first.split(' ');
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  const value = (name) => rawHeaders[rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name) + 1];
  const has = (name) => rawHeaders.some((text, i) => i % 2 === 0 && text.toLowerCase() === name);
  if (has('transfer-encoding')) return { method, url, rawHeaders, body: await chunks(source) };
  const length = has('content-length') ? Number(value('content-length')) : 0;
  return { method, url, rawHeaders, body: (await source.take(length)) ?? Buffer.alloc(0) };
}

async function chunks(source) {
  const parts = [];
  for (;;) {
    const size = Number.parseInt((await source.until('\r\n'))?.toString('latin1') ?? '0', 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push((await source.take(size)) ?? Buffer.alloc(0));
    await source.until('\r\n');
  }
}

/** Bytes that have come, and waiting for more. */
class Source {
  #next;
  #bytes = Buffer.alloc(0);

  constructor(socket) {
    this.#next = socket[Symbol.asyncIterator]();
  }

  async until(mark) {
    for (;;) {
      const at = this.#bytes.indexOf(mark);
      if (at >= 0) {
        const found = this.#bytes.subarray(0, at);
        this.#bytes = this.#bytes.subarray(at + mark.length);
        return found;
      }
      if (!(await this.#more())) return undefined;
    }
  }

  async take(length) {
    while (this.#bytes.length < length) if (!(await this.#more())) return undefined;
    const found = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return found;
  }

  async #more() {
    const { value, done } = await this.#next.next();
    if (done) return false;
    this.#bytes = Buffer.concat([this.#bytes, value]);
    return true;
  }
}
