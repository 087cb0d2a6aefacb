import { group } from '../define.mjs';

const ANY = ['value', 'javascript', 'timeout', 'heap_limit', 'terminated'];

export default group('regex', { expect: ['timeout', 'javascript', 'terminated'] }, [
  { name: 'nested quantifier', entry: ['evalAsync', 'eval', 'callAsync', 'invoke', 'bootstrap'], code: "/^(a+)+$/.test('a'.repeat(40) + 'b')" },
  { name: 'backreference', code: "/^(.*)*\\1x$/.test('a'.repeat(60))" },
  { name: 'lookbehind', code: "/^b(?<=(a+)+c)/.test('b') || /(?<=(?:a+)+)$(?<=^x(a+)+)/.test('a'.repeat(40))" },
  { name: 'alternation', code: "/^(a|a|a|aa)*$/.test('a'.repeat(60) + 'b')" },
  { name: 'unicode case folding', code: "/^(\\p{L}+\\s?)+$/iu.test('ä'.repeat(60) + '!')" },
  { name: 'global replace', code: "'a'.repeat(5000).replace(/(a+)+b/g, '')" },
  { name: 'split', code: "'a'.repeat(5000).split(/(a+)+b/)" },
  { name: 'matchAll', code: "[...('a'.repeat(5000)).matchAll(/(a+)+b/g)]" },
  { name: 'quadratic on a long text', code: "const s = 'a'.repeat(5e6); for (;;) /a*b/.test(s)" },
  { name: 'swallowed', code: "for (;;) { try { /^(a+)+$/.test('a'.repeat(50) + 'b'); } catch {} }" },
  { name: 'patched exec', expect: ['timeout', 'heap_limit'], code: "const r = /x/g; r.exec = () => ({ 0: '', index: 0, length: 1 }); 'xx'.replace(r, 'y')" },
  { name: 'hostile lastIndex', expect: ['timeout'], code: "const r = /x/g; r.exec = () => { r.lastIndex = { valueOf() { for (;;); } }; return { 0: '', index: 0 }; }; 'xx'.replace(r, 'y')" },
  { name: 'compile: huge quantifiers', expect: ANY, code: "new RegExp('((((a{1,1000}){1,1000}){1,1000}){1,1000})').test('a')" },
  { name: 'compile: wide quantifier', expect: ANY, code: "new RegExp('(?:' + 'a{0,30000}'.repeat(300) + ')b').test('a'.repeat(100))" },
  { name: 'compile: million alternatives', expect: ANY, code: "new RegExp(Array.from({ length: 1e6 }, (_, i) => i).join('|')).test('x')" },
  { name: 'compile: deep groups', entry: ['evalAsync', 'eval'], expect: ANY, code: "new RegExp('('.repeat(2e5) + ')'.repeat(2e5)).test('x')" },
  { name: 'compile: deep lookaheads', expect: ANY, code: "new RegExp('(?='.repeat(1e5) + ')'.repeat(1e5)).test('x')" },
  // V8's compiler recurses once per group, without looking: to the end of the thread's stack.
  { name: 'compile: million lookaheads', entry: ['evalAsync', 'eval'], limits: { timeout: 5000 }, expect: ANY, code: "new RegExp('(?='.repeat(1e6) + ')'.repeat(1e6)).test('aaaa')" },
  { name: 'compile: two million lookbehinds', limits: { timeout: 5000 }, expect: ANY, code: "new RegExp('(?<='.repeat(2e6) + ')'.repeat(2e6)).test('aaaa')" },
  { name: 'compile: two million quantified groups', entry: ['evalAsync', 'eval'], limits: { timeout: 5000 }, expect: ANY, code: "new RegExp('(?:x'.repeat(2e6) + 'a' + ')+'.repeat(2e6)).test('aaaa')" },
  { name: 'compile: named groups', expect: ANY, code: "new RegExp(Array.from({ length: 3e4 }, (_, i) => '(?<n' + i + '>a)?').join('')).exec('a')" },
  { name: 'compile: unicode sets', expect: ANY, code: "let s = '\\\\p{L}'; for (let i = 0; i < 3000; i++) s = '[' + s + '--[a-z]]'; new RegExp(s, 'v').test('x')" },
  { name: 'compile: case-insensitive ranges', expect: ANY, code: "new RegExp('[' + Array.from({ length: 60000 }, (_, i) => '\\\\u' + (i + 4096).toString(16).padStart(4, '0').slice(-4)).join('') + ']', 'iu').test('x')" },
  { name: 'compile: 100 MB of source', expect: ANY, code: "new RegExp('a'.repeat(1e8)).test('b')" },
  { name: 'compile: for ever', expect: [...ANY], code: "for (let i = 0; ; i++) new RegExp('(x' + i + ')+'.repeat(50)).test('x')" },
  { name: 'near the stack limit', entry: ['evalAsync', 'eval'], expect: ANY, code: "let n = 0; function f() { try { f(); } catch {} n++; if (n < 500) /(?:a|b)*c(?<!d)/u.exec('ab'.repeat(20) + n); } f(); n" },
  { name: 'compile near the stack limit', entry: ['evalAsync', 'eval'], expect: ANY, code: "let n = 0; const deep = '(a'.repeat(200) + ')'.repeat(200); function f() { try { f(); } catch {} n++; if (n < 300) try { new RegExp(deep + n).exec('a'); } catch {} } f(); n" },
  { name: 'deep backtracking stack', expect: ANY, code: "/(?:a|ab)*?(?:c|$)x/.exec('a'.repeat(3e7))" },
  { name: 'global match of 100 million', expect: ANY, code: "'ab'.repeat(5e7).match(/a/g).length" },
  { name: 'huge capture count', expect: ANY, code: "new RegExp('()'.repeat(32766)).exec('').length" },
  { name: 'sticky replace on huge text', expect: ANY, code: "'a'.repeat(1e8).replace(/a/gy, '')" },
]);
