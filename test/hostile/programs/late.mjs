import { group } from '../define.mjs';

const array = 'new Array(33e6).fill(1).length';
const kept = '(globalThis.kept = new Array(33e6).fill(1)).length';
const rope = "(() => { let s = 'abcdefgh'; for (let i = 0; i < 25; i++) s += s; return s.charCodeAt(7); })()";

/**
 * One step far above the limit in a routine that nobody can look into, and then a value as if nothing had been: it must
 * not arrive. What V8 makes in such a step is bounded by the step.
 */
export default group('late', { expect: ['heap_limit', 'terminated', 'timeout'], limits: { timeout: 2000 }, memoryExtra: 300 << 20 }, [
  { name: 'an array', entry: ['evalAsync', 'eval', 'callAsync', 'call', 'invoke', 'bootstrap'], code: array },
  { name: 'an array of a module', entry: 'module', modules: { main: `export default ${array};` } },
  { name: 'an array that stays', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], code: kept },
  { name: 'a rope', entry: ['evalAsync', 'eval', 'callAsync'], code: rope },
  { name: 'a split text', code: "'x'.repeat(2 ** 25).split('').length" },
  { name: 'a text made of pieces', code: "'x'.repeat(2 ** 27).replaceAll('xxxx', 'yyyyy').length" },
  { name: 'after an await', entry: ['evalAsync', 'callAsync', 'invoke'], code: `(async () => { await 1; return ${array}; })()` },
  { name: 'as the text of an error', code: `throw new Error('own ' + ${array})` },
  { name: 'in a getter of the answer', code: `({ get a() { return ${array}; } })`, entry: ['evalAsync', 'eval'] },
  { name: 'in a thenable', code: `({ then(resolve) { resolve(${array}); } })` },
  { name: 'one array after the other', code: `(() => { let n = 0; for (let i = 0; i < 5; i++) n += ${array}; return n; })()` },
]);
