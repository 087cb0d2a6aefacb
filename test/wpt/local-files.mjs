/** Answers requests for files of the checkout: data in JSON, interface definitions, WebAssembly. */
import { readFile } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import { origin } from './harness.mjs';

const types = {
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.js': 'text/javascript',
  '.idl': 'text/plain',
};

/**
 * @param {string} dir the checkout
 * @param {string} url absolute
 * @returns {Promise<{ status: number, type: string, bytes: Uint8Array }>}
 */
export async function readLocal(dir, url) {
  const { origin: from, pathname } = new URL(url);
  if (from !== origin) throw new TypeError(`fetch failed: nothing but ${origin} can be reached`);
  const path = posix.normalize(decodeURIComponent(pathname));
  const type = types[extname(path)] ?? 'text/plain';
  try {
    return { status: 200, type, bytes: new Uint8Array(await readFile(join(dir, path))) };
  } catch {
    return { status: 404, type: 'text/plain', bytes: new Uint8Array() };
  }
}

/** An address as a test writes it, from where the test is. */
export function absolute(input, test) {
  return new URL(String(input?.url ?? input), new URL(`/${test.path}`, origin)).href;
}
