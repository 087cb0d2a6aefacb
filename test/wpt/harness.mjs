/** What is evaluated for one test, in which order: the same for a guest and for Node by itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { local } from './find.mjs';
import { substitute } from './server/server.mjs';

/**
 * Where a test is, for its relative addresses: on the server if it has one, else where nothing but files is.
 * @param {import('./find.mjs').Test} test @param {number[]} ports of the server
 */
export function addressOf(test, ports) {
  return new URL(
    `/${test.path}${test.variant}`,
    test.server ? `http://localhost:${ports[0]}` : 'http://web-platform.test',
  );
}

/**
 * @param {string} dir the checkout
 * @param {import('./find.mjs').Test} test
 * @param {number[]} ports of the server
 * @returns {{ filename: string, source: string }[]}
 */
export function scriptsOf(dir, test, ports) {
  const read = (path) => {
    const source = readFileSync(path, 'utf8');
    return { filename: path, source: path.includes('.sub.') ? substitute(source, ports) : source };
  };
  const where = addressOf(test, ports);
  // Tests of what exceptions say look for the address.
  const body = { ...read(join(dir, test.path)), filename: where.href };
  return [
    { filename: 'before.js', source: before(test, where) },
    read(join(dir, 'resources/testharness.js')),
    { filename: 'settings.js', source: 'setup({ explicit_done: true, explicit_timeout: true });' },
    ...(usesIdl(test, body.source) ? [{ filename: 'worker.js', source: pretendToBeWorker }] : []),
    ...test.scripts.map((script) => read(local(dir, test.path, script))),
    body,
    ...(endsByItself(test, body.source) ? [] : [{ filename: 'after.js', source: 'done();' }]),
  ];
}

/**
 * What a page or a worker says of itself. A `.worker.js` file brings its scripts with `importScripts`.
 * @param {import('./find.mjs').Test} test @param {URL} where
 */
function before(test, where) {
  const parts = ['href', 'origin', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
  const location = Object.fromEntries(parts.map((part) => [part, where[part]]));
  return `
    for (const [name, value] of Object.entries({
      self: globalThis,
      GLOBAL: { isWindow: () => false, isWorker: () => true, isShadowRealm: () => false },
      location: Object.assign({ toString() { return this.href; } }, ${JSON.stringify(location)}),
      META_TITLE: ${JSON.stringify(test.title)},
    })) {
      if (name !== 'self' || !('self' in globalThis)) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
      }
    }`;
}

/** idlharness.js wants to know which interfaces are to be seen: those of a worker. */
const pretendToBeWorker = `
  if (!('DedicatedWorkerGlobalScope' in globalThis)) {
    Object.defineProperty(globalThis, 'DedicatedWorkerGlobalScope', {
      value: class DedicatedWorkerGlobalScope { static [Symbol.hasInstance](value) { return value === globalThis; } },
      writable: true, configurable: true,
    });
  }`;

function usesIdl(test, source) {
  return [...test.scripts, source].some((text) => text.includes('idlharness.js'));
}

/** Elsewhere the worker that wraps a file calls done() after it; a page does not, and these files count on it. */
function endsByItself(test, source) {
  if (test.path.endsWith('.worker.js')) return true;
  return /single_test\s*:\s*true/.test(source) || (test.window && /explicit_done\s*:\s*true/.test(source));
}

/**
 * Evaluates to a function that hands on what comes out. When a file is ended, subtests that are not done have a status but
 * are told to nobody, so what was not told is told at the end.
 */
export const listening = `(one, end) => {
  const told = new Set();
  const tell = (test) => {
    if (told.has(test)) return;
    told.add(test);
    one(String(test.name), test.status, test.message ? String(test.message).slice(0, 500) : '');
  };
  add_result_callback(tell);
  add_completion_callback((tests, { status, message }) => {
    for (let i = 0; i < tests.length; i++) tell(tests[i]);
    end(status, message ? String(message) : '');
  });
}`;
