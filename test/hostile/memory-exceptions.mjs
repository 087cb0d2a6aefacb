/**
 * Programs that may grow the process by more than 3 × the limit + 50 MB, each with the measured reason (the most that
 * was seen, with a limit of 32 MB and a bound of 146 MB). They are listed in docs/security.md as well.
 *
 * One step: V8 makes one string or one array of any size before it looks at the limit. An allocation that does not fit
 * is tried once more without any limit, and the callback of the heap limit comes with the next garbage collection.
 */
const ONE_STEP = 'V8 retries one allocation that does not fit without a limit';
const OUTSIDE = 'memory of the parser, the compilers or ICU is neither in the heap nor counted by V8';
const LOST = 'the memory of a guest that was lost in one step stays until the process ends';

/** @type {ReadonlyMap<string, string>} */
export const memoryExceptions = new Map([
  ['awaits/split after an await', `${ONE_STEP}: 260 MB`],
  ['boundary/500 MB key', `${ONE_STEP}: 480 MB`],
  ['boundary/array of 20 million holes', `${ONE_STEP}: 155 MB`],
  ['buffers/wasm compile async flood', `${OUTSIDE}: 219 MB`],
  ['builtins/Intl.DateTimeFormat ranges', `${OUTSIDE}: 207 MB`],
  ['builtins/Map grows while it is walked', `${ONE_STEP}: 174 MB`],
  ['builtins/Number parse of a long text', `${ONE_STEP}: 192 MB`],
  ['builtins/isWellFormed, toWellFormed', `${ONE_STEP}: 385 MB`],
  ['builtins/localeCompare against itself', `${OUTSIDE}: 157 MB`],
  ['builtins/string normalise and compare', `${OUTSIDE}: 220 MB`],
  ['growth/Map', `${ONE_STEP}: 173 MB`],
  ['growth/rope flattened', `${ONE_STEP}: 195 MB`],
  ['growth/sparse array', `${ONE_STEP}: 149 MB`],
  [
    'hostcalls/async flood with big arguments',
    'up to 64 MB of arguments wait for the host, which then has them once more: 358 MB',
  ],
  ['lifecycle/lost to one huge step until the process is full', `${LOST}: 4.9 GB for eight`],
  ['lifecycle/worker dies with a stuck guest', `${LOST}: 286 MB`],
  ['modern/GeneratorFunction constructor, huge body', `${OUTSIDE}: 550 MB`],
  ['modern/String.prototype.at over a rope', `${ONE_STEP}: 194 MB`],
  ['modules/million exports', `${OUTSIDE}: 193 MB`],
  ['native/JSON.parse deep', `${ONE_STEP}: 334 MB`],
  ['native/JSON.parse one big text', `${ONE_STEP}: 498 MB`],
  ['native/JSON.stringify a big array', `${ONE_STEP}: 230 MB`],
  ['native/Object.assign from a long string', `${ONE_STEP}: 196 MB`],
  ['native/Object.keys of a long string', `${ONE_STEP}: 196 MB`],
  ['native/collation', `${OUTSIDE}: 157 MB`],
  ['native/escape', `${ONE_STEP}: 194 MB`],
  ['native/segmentation', `${OUTSIDE}: 153 MB`],
  ['native/segmentation containing', `${OUTSIDE}: 147 MB`],
  ['native/toLocaleUpperCase', `${OUTSIDE}: 194 MB`],
  ['native/toSpliced, with on 2^32', `${ONE_STEP}: 147 MB`],
  ['parser/conditional', `${OUTSIDE}: 190 MB`],
  ['parser/huge regular expression literal', `${OUTSIDE}: 820 MB`],
  ['parser/long identifier', `${OUTSIDE}: 259 MB`],
  ['parser/million functions', `${OUTSIDE}: 400 MB`],
  ['parser/million lets', `${OUTSIDE}: 187 MB`],
  ['parser/million statements', `${OUTSIDE}: 381 MB`],
  ['regex/compile: 100 MB of source', `${OUTSIDE}: 609 MB`],
  ['single/Array.apply', `${ONE_STEP}: 154 MB`],
  ['single/Array.from length', `${ONE_STEP}: 147 MB`],
  ['single/JSON.parse a big array', `${ONE_STEP}: 217 MB`],
  ['single/JSON.stringify shared tree', `${ONE_STEP}: 258 MB`],
  ['single/JSON.stringify with indent', `${ONE_STEP}: 515 MB`],
  ['single/Object.entries', `${ONE_STEP}: 174 MB`],
  ['single/String.raw', `${ONE_STEP}: 170 MB`],
  ['single/array length then push', `${ONE_STEP}: 194 MB`],
  ['single/encodeURI', `${ONE_STEP}: 373 MB`],
  ['single/encodeURIComponent of a rope', `${ONE_STEP}: 577 MB`],
  ['single/fill 30 million', `${ONE_STEP}: 231 MB`],
  ['single/flatten a rope', `${ONE_STEP}: 259 MB`],
  ['single/flatten a two-byte rope', `${ONE_STEP}: 515 MB`],
  ['single/join', `${ONE_STEP}: 489 MB`],
  ['single/literal of a million', `${OUTSIDE}: 202 MB`],
  ['single/match collected', `${ONE_STEP}: 431 MB`],
  ['single/new Array filled', `${ONE_STEP}: 200 MB`],
  ['single/object with million getters', `${OUTSIDE}: 298 MB`],
  ['single/repeat two-byte', `${ONE_STEP}: 515 MB`],
  ['single/sort 3 million', `${ONE_STEP}: 166 MB`],
  ['single/splice huge', `${ONE_STEP}: 156 MB`],
  ['single/split into characters', `${ONE_STEP}: 265 MB`],
  ['single/split on a separator', `${ONE_STEP}: 705 MB`],
  ['single/split then join', `${ONE_STEP}: 269 MB`],
]);
