// No answer of Node-API is used before somebody has looked at what it left pending. node-addon-api's readers and makers
// (`ArrayBuffer()`, `Data()`, `Get()`, `Utf8Value()`, `New()`) throw by leaving an exception behind and then answer
// something uninitialised; used as it is, that was memory of the host in a guest's hands. So native/ reads and makes
// values through V8, whose types say what may be missing, and names of Node-API only what is listed here.
// usage: node scripts/lint-native.mjs     (part of `npm run lint`)
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** What native/ may name of node-addon-api: it carries things, or what it makes is asked whether it is empty. */
const allowed = new Set([
  'AsyncContext',
  'CallbackInfo',
  'CallbackScope',
  'Env',
  'Function',
  'HandleScope',
  'ObjectWrap',
  'Value',
]);

/** Methods of Napi::Value and its kin that answer something although they failed. V8's of the same name take a context. */
const readers =
  /(?:\.|->)\s*(?:ToBoolean|ToNumber|ToString|ToObject|Utf8Value|Utf16Value|DoubleValue|FloatValue|Int32Value|Int64Value|Uint32Value|TypedArrayType|StrictEquals)\s*\(\s*\)/g;

/** V8's and Node-API's ways to end the process, or to go on, where something is missing. */
const takers = /(?:\.|->)\s*(?:ToLocalChecked|FromJust|ToChecked|Unwrap|UnwrapOr)\s*\(/g;
/** Names that are known to be short ASCII: what is missing then is memory. */
const mayTake = new Map([
  ['native/v8/strings.cc', 1],
  ['native/value/intrinsics.cc', 1],
]);

/**
 * @param {string} file its path in the repository
 * @param {string} text
 * @returns {string[]} what is wrong, one line each
 */
export function findUnchecked(file, text) {
  const code = withoutCommentsAndTexts(text);
  /** @type {string[]} */
  const found = [];
  /** @param {number} at @param {string} what */
  const report = (at, what) => found.push(`${file}:${code.slice(0, at).split('\n').length}: ${what}`);

  for (const { 1: name = '', index } of code.matchAll(/\bNapi::(\w+)/g)) {
    if (!allowed.has(name))
      report(index, `Napi::${name} answers although it failed. Use V8 (native/binding/environment/given.h)`);
  }
  for (const { index } of code.matchAll(/\.\s*As\s*<\s*Napi::/g)) report(index, 'As<Napi::…> believes what it is told');
  for (const { 0: call, index } of code.matchAll(readers)) report(index, `${call} leaves an exception pending`);
  for (const { 0: name, index } of code.matchAll(/\bnapi_\w+(?=\s*\()/g)) {
    const after = code.slice(closing(code, index + name.length) + 1).trimStart();
    if (!/^[!=]=\s*napi_ok\b/.test(after)) report(index, `the status of ${name} must be compared with napi_ok`);
  }
  const takes = [...code.matchAll(takers)];
  if (takes.length > (mayTake.get(file) ?? 0)) {
    for (const { 0: call, index } of takes) report(index, `${call}) ends the process where something is missing`);
  }
  return found;
}

/** Same length, same lines: what is left out is blank. @param {string} text */
function withoutCommentsAndTexts(text) {
  const blank = (/** @type {string} */ part) => part.replace(/[^\n]/g, ' ');
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|#include[^\n]*/g, blank);
}

/** Where the parenthesis that opens at or after `from` closes. @param {string} code @param {number} from */
function closing(code, from) {
  let depth = 0;
  for (let at = from; at < code.length; ++at) {
    if (code[at] === '(') ++depth;
    if (code[at] === ')' && --depth === 0) return at;
  }
  return code.length;
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return /\.(?:h|cc)$/.test(entry.name) ? [path] : [];
  });
}

/** All of native/. @returns {string[]} */
export function lintNative() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return filesIn(join(root, 'native')).flatMap((path) =>
    findUnchecked(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')),
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const found = lintNative();
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
}
