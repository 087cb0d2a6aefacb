import { group } from '../define.mjs';

const MODULE_END = ['timeout', 'transfer', 'module', 'module_not_found', 'javascript', 'terminated', 'heap_limit', 'capacity', 'value'];

export default group('modules', { expect: MODULE_END, entry: 'module' }, [
  { name: 'loop', expect: ['timeout'], modules: { main: 'for (;;);' } },
  { name: 'top-level await for ever', expect: ['timeout'], modules: { main: 'await new Promise(() => {});' } },
  { name: 'loop after top-level await', expect: ['timeout'], modules: { main: 'await null; for (;;);' } },
  { name: 'microtask flood', expect: ['timeout', 'heap_limit'], modules: { main: '(function f() { Promise.resolve().then(f); })(); await new Promise(() => {});' } },
  { name: 'cycle', modules: { main: "import { b } from 'b'; export const a = 1; export default b;", b: "import { a } from 'main'; export const b = () => a;" } },
  { name: 'cycle of awaits', modules: { main: "import 'b'; await null;", b: "import 'main'; await null;" } },
  { name: 'cycle of dynamic imports', modules: { main: "export default await import('b');", b: "export default await import('main');" } },
  { name: 'imports itself for ever', modules: { main: "for (;;) await import('main');" } },
  { name: 'missing imports for ever', modules: { main: "for (let i = 0; ; i++) { try { await import('m' + i); } catch {} }" } },
  { name: 'import flood', modules: { main: "for (let i = 0; ; i++) import('x' + i).catch(() => {});" } },
  { name: 'specifier of 100 MB', modules: { main: "await import('x'.repeat(1e8));" } },
  { name: 'hostile specifier', modules: { main: 'await import({ toString() { for (;;); } });' } },
  { name: 'specifier throws', modules: { main: "await import({ toString() { throw null; } });" } },
  { name: 'hostile import attributes', modules: { main: "await import('b', { get with() { for (;;); } });", b: '' } },
  { name: 'thenable namespace', expect: ['timeout', 'value', 'transfer', 'javascript'], modules: { main: "await import('b'); export default 1;", b: 'export function then() { for (;;); }' } },
  { name: 'hostile namespace as result', modules: { main: 'export const a = new Proxy({}, { get() { for (;;); }, ownKeys() { for (;;); } }); export default { get x() { for (;;); } };' } },
  { name: 'export in the dead zone', modules: { main: "export const f = () => x; export let x = (await import('main'), 1);" } },
  { name: 'throws hostile', modules: { main: 'throw new Proxy({}, { get() { for (;;); } });' } },
  { name: 'million exports', limits: { timeout: 2000 }, makeModules: () => ({ main: Array.from({ length: 2e5 }, (_, i) => `export let v${i}=1;`).join('') }) },
  { name: 'chain of 3,000 modules', limits: { timeout: 3000 }, makeModules: () => Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [i ? `m${i}` : 'main', i < 2999 ? `import 'm${i + 1}'; export default ${i};` : 'export default 1'])) },
  { name: 'nesting bomb', makeModules: () => ({ main: `export default ${'['.repeat(1e6)}` }) },
  { name: 'import after the answer', modules: { main: "(async () => { for (let i = 0; ; i++) { await null; try { await import('z' + i); } catch {} } })(); export default 1;" } },
  { name: 'dynamic import in evalAsync', entry: ['evalAsync', 'eval'], code: "(async () => { for (let i = 0; ; i++) { try { await import('q' + i); } catch {} } })()" },
  { name: 'dynamic import flood in evalAsync', entry: ['evalAsync', 'eval'], code: "for (let i = 0; ; i++) import('q' + i)" },
  { name: 'dynamic import from eval and Function', entry: ['evalAsync', 'eval'], code: "Promise.all([(0, eval)(\"import('a')\"), new Function(\"return import('b')\")()])" },
  { name: 'import in a microtask after the end', entry: ['evalAsync', 'eval'], code: "Promise.resolve().then(() => import('late')); 1" },
]);
