/** Answers requests for files of the checkout: data in JSON, interface definitions, WebAssembly. */
import { readFile } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';

const types = {
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.js': 'text/javascript',
  '.idl': 'text/plain',
};

/**
 * @param {string} dir the checkout
 * @param {string} input an address as the test writes it
 * @param {URL} where the test is
 * @returns {Promise<{ status: number, type: string, bytes: Uint8Array }>}
 */
export async function readLocal(dir, input, where) {
  const { origin, pathname } = new URL(input, where);
  if (origin !== where.origin) throw new TypeError(`fetch failed: nothing but ${where.origin} can be reached`);
  const path = posix.normalize(decodeURIComponent(pathname));
  const type = types[extname(path)] ?? 'text/plain';
  try {
    return { status: 200, type, bytes: new Uint8Array(await readFile(join(dir, path))) };
  } catch {
    return { status: 404, type: 'text/plain', bytes: new Uint8Array() };
  }
}
