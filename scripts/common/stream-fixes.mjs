// Where the library of the guest's streams does something else than the standard, and has no option for it.
import { readFileSync } from 'node:fs';

/**
 * `pipeTo` writes a chunk in a microtask of its own, not inside of `enqueue`
 * (https://streams.spec.whatwg.org/#readable-stream-pipe-to), and asks for no further one before that.
 */
const writeOfPipe =
  /_chunkSteps\((\w+)\)\{this\._state\._currentWrite=((\w+)\(\w+\(this\._state\._writer,\w+\),void 0,\w+\)),this\._resolvePromise\(!1\)\}/g;
/** How the library names what makes a promise of a value. */
const resolvedPromise = /this\._currentWrite=(\w+)\(void 0\)/;

/** What the library knows its own objects by, and what a guest could answer otherwise: by a `Symbol.hasInstance` of its own. */
const instanceOf = /\b(\w+) instanceof ([A-Z]\w+)/g;
const isMade =
  'const madeApply=Reflect.apply,madePrototypeOf=Object.prototype.isPrototypeOf,' +
  'isMade=(value,Class)=>madeApply(madePrototypeOf,Class.prototype,[value]);';

/** @param {string} code the library @returns {string} */
export function fixedStreams(code) {
  const resolved = code.match(resolvedPromise)?.[1];
  if (!resolved || [...code.matchAll(writeOfPipe)].length !== 1) {
    throw new Error('web-streams-polyfill pipes in another way than expected: see scripts/common/stream-fixes.mjs');
  }
  const known = code.replace(instanceOf, (_, value, Class) => `isMade(${value},${Class})`);
  if (known === code) throw new Error('web-streams-polyfill knows its objects by other means than instanceof');
  return (
    isMade +
    known.replace(
      writeOfPipe,
      (_, chunk, write, then) =>
        `_chunkSteps(${chunk}){this._state._currentWrite=${then}(${resolved}(void 0),()=>{` +
        `const writing=${write};this._resolvePromise(!1);return writing})}`,
    )
  );
}

/** @type {import('esbuild').Plugin} */
export const streamFixes = {
  name: 'stream-fixes',
  setup(build) {
    build.onLoad({ filter: /web-streams-polyfill[\\/]dist[\\/]ponyfill\.mjs$/ }, ({ path }) => ({
      contents: fixedStreams(readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};
