/**
 * Programs that may grow the process by more than 3 × the limit + 50 MB, each with the measured reason (the most that
 * was seen, with a limit of 32 MB and a bound of 146 MB). They are listed in docs/security.md as well.
 *
 * One step: V8 makes one string or one array of any size before it looks at the limit. An allocation that does not fit
 * is tried once more without any limit, and the callback of the heap limit comes with the next garbage collection.
 */
const ONE_STEP = 'V8 retries one allocation that does not fit without a limit';
const OUTSIDE = 'memory of the parser, the compilers or ICU is neither in the heap nor counted by V8';
const IN_FLIGHT = 'arguments, half of the limit, wait for the host, which then has them once more';
const HOST_HEAP = 'what arrives at the host is in its heap until Node collects it';
const LOST = 'what a guest took in the step in which it was lost is given back half a second later';

/** @type {ReadonlyMap<string, string>} */
export const memoryExceptions = new Map([
  ['awaits/split after an await', `${ONE_STEP}: 260 MB`],
  ['boundary/500 MB key', `${ONE_STEP}: 480 MB`],
  ['boundary/RegExp with a source of 7 MB', `${OUTSIDE}: 718 MB`],
  ['boundary/array of 20 million holes', `${ONE_STEP}: 155 MB`],
  ['buffers/wasm compile async flood', `${OUTSIDE}: 219 MB`],
  ['builtins/Intl.DateTimeFormat ranges', `${OUTSIDE}: 207 MB`],
  ['builtins/Map grows while it is walked', `${ONE_STEP}: 174 MB`],
  ['builtins/Number parse of a long text', `${ONE_STEP}: 192 MB`],
  ['builtins/huge function is compiled', `${OUTSIDE}: 256 MB`],
  ['builtins/isWellFormed, toWellFormed', `${ONE_STEP}: 385 MB`],
  ['builtins/localeCompare against itself', `${OUTSIDE}: 157 MB`],
  ['builtins/string normalise and compare', `${OUTSIDE}: 220 MB`],
  ['growth/Map', `${ONE_STEP}: 173 MB`],
  ['growth/rope flattened', `${ONE_STEP}: 195 MB`],
  ['growth/sparse array', `${ONE_STEP}: 149 MB`],
  ['hostcalls/async flood of bytes', `${IN_FLIGHT}: 160 MB`],
  ['hostcalls/async flood with big arguments', `${IN_FLIGHT}: 197 MB`],
  ['hostcalls/host calls a function that is lost', `${LOST}: 260 MB`],
  ['hostcalls/host calls lost functions one after the other', `${LOST}: 260 MB`],
  ['hostcalls/promises for the host in the result', `${HOST_HEAP}: 243 MB`],
  ['hostcalls/promises for the host, all big', `${HOST_HEAP}: 208 MB`],
  ['hostcalls/promises for the host, all big errors', `${HOST_HEAP}: 285 MB`],
  ['lifecycle/lost to one huge step until the process is full', `${LOST}: 1.1 GB for eight, one after the other`],
  ['lifecycle/worker dies with a stuck guest', `${LOST}: 286 MB`],
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
  ['parser/longest: classes', `${OUTSIDE}: 244 MB`],
  ['parser/longest: regular expression with groups', `${OUTSIDE}: 230 MB`],
  ['regex/compile: 100 MB of source', `${OUTSIDE}: 609 MB`],
  ['regex/compile: million lookaheads', `${OUTSIDE}: 509 MB, most of it stays when the guest is lost`],
  ['regex/compile: two million lookbehinds', `${OUTSIDE}: 904 MB, most of it stays when the guest is lost`],
  ['regex/compile: two million quantified groups', `${OUTSIDE}: 1.1 GB, most of it stays when the guest is lost`],
  ['single/Array.apply', `${ONE_STEP}: 154 MB`],
  ['single/Array.from length', `${ONE_STEP}: 147 MB`],
  ['single/JSON.parse a big array', `${ONE_STEP}: 217 MB`],
  ['single/JSON.stringify shared tree', `${ONE_STEP}: 514 MB`],
  ['single/JSON.stringify with indent', `${ONE_STEP}: 515 MB`],
  ['single/Object.entries', `${ONE_STEP}: 174 MB`],
  ['single/String.raw', `${ONE_STEP}: 243 MB`],
  ['single/array length then push', `${ONE_STEP}: 194 MB`],
  ['single/encodeURI', `${ONE_STEP}: 373 MB`],
  ['single/encodeURIComponent of a rope', `${ONE_STEP}: 577 MB`],
  ['single/fill 30 million', `${ONE_STEP}: 231 MB`],
  ['single/flatten a rope', `${ONE_STEP}: 259 MB`],
  ['single/flatten a two-byte rope', `${ONE_STEP}: 515 MB`],
  ['single/join', `${ONE_STEP}: 489 MB`],
  ['single/match collected', `${ONE_STEP}: 431 MB`],
  ['single/new Array filled', `${ONE_STEP}: 200 MB`],
  ['single/repeat two-byte', `${ONE_STEP}: 515 MB`],
  ['single/sort 3 million', `${ONE_STEP}: 166 MB`],
  ['single/splice huge', `${ONE_STEP}: 156 MB`],
  ['single/split into characters', `${ONE_STEP}: 265 MB`],
  ['single/split on a separator', `${ONE_STEP}: 705 MB`],
  ['single/split then join', `${ONE_STEP}: 269 MB`],
  ['wasm/a hundred thousand tables', `${OUTSIDE}: 207 MB`],
  ['wasm/many functions of loops', `${OUTSIDE}: 314 MB`],
  ['wasm/tables grow', `${ONE_STEP}: 148 MB`],
]);
