/** Finds the test files of a row in a checkout, and what each of them needs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readMeta } from './meta.mjs';
import { rows } from './rows.mjs';

/**
 * One run of one file.
 * @typedef {{ id: string, path: string, variant: string, title: string, long: boolean, scripts: string[], window: boolean, server: boolean }} Test
 */

/** What only a server or another thread's global can answer. */
const outside =
  /\.py\b|\?pipe=|get-host-info|\.sub\.|new (?:Shared)?Worker\(|documentElement|createElement\('iframe'\)/;

/**
 * @param {string} dir the checkout
 * @param {import('./rows.mjs').Row} row
 * @returns {Test[]}
 */
export function findTests(dir, row) {
  const paths = [...row.folders.flatMap((folder) => list(dir, folder)), ...(row.pages ?? [])];
  return paths
    .filter((path) => existsSync(join(dir, path)) && !excepted(row, path))
    .flatMap((path) => testsOf(dir, row, path));
}

function excepted(row, path) {
  return (row.except ?? []).some((part) => path.includes(part));
}

/** A row with a server counts what no other row does. */
function elsewhere(path) {
  return rows.some((row) => !row.server && row.folders.some((folder) => path.startsWith(`${folder}/`)));
}

function list(dir, folder) {
  if (!existsSync(join(dir, folder))) return [];
  return readdirSync(join(dir, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => /\.(any|worker)\.js$/.test(path))
    .sort();
}

function testsOf(dir, row, path) {
  const source = readFileSync(join(dir, path), 'utf8');
  const meta = readMeta(source);
  if (meta.globals.length > 0 && meta.globals.every((name) => name.startsWith('shadowrealm'))) return [];
  const asks = needsServer(dir, path, source, meta);
  if (row.server ? !asks && elsewhere(path) : asks) return [];
  return (meta.variants.length ? meta.variants : ['']).map((variant) => ({
    id: path + variant,
    path,
    variant,
    title: meta.title,
    long: meta.long,
    scripts: meta.scripts,
    window: meta.globals.length > 0 && meta.globals.every((name) => name === 'window'),
    server: row.server === true,
  }));
}

function needsServer(dir, path, source, meta) {
  if (/\.sub\.|\.h2\.|\.serviceworker\./.test(path) || outside.test(source)) return true;
  return meta.scripts.some((script) => {
    const file = local(dir, path, script);
    return (
      /\.sub\.js$/.test(script) || !existsSync(file) || (!isShared(script) && outside.test(readFileSync(file, 'utf8')))
    );
  });
}

/** What tests of every kind bring along says nothing of one of them. */
function isShared(script) {
  return /^\/(?:common|resources)\//.test(script) || /\/(?:utils|resources\/request-[a-z-]+)\.js$/.test(script);
}

/** Where a script that a test names is in the checkout. */
export function local(dir, path, script) {
  const found = script.startsWith('/') ? script.slice(1) : posix.join(posix.dirname(path), script);
  return join(dir, found === 'resources/WebIDLParser.js' ? 'resources/webidl2/lib/webidl2.js' : found);
}
