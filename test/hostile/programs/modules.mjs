import { group } from '../define.mjs';

const FUNCTIONS = Array.from({ length: 2000 }, (_, i) => `function f${i}(){}`).join('');

/** Stops an evaluation with whatever `start` does for it; the outcome of that is not the program's. */
const stopped = (start) => { try { start(); } catch (error) { if (error.code !== 'ERR_ISOLET_TIMEOUT' && error.name !== 'AbortError') throw error; } };

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
  { name: 'large graph is stopped, the host goes on', entry: 'host', expect: ['value'], value: [0, 'main', 'main'], limits: { timeout: 4000 }, run: async ({ runtime }) => {
    let main = 'export default "main";';
    for (let i = 0; i < 60; i++) { runtime.addModule(`d${i}`, `export default ${i};${FUNCTIONS}`); main += `import 'd${i}';`; }
    runtime.addModule('main', main);
    for (let i = 0; i < 5; i++) stopped(() => runtime.evalModule('main', { timeout: 5 }));
    const one = await runtime.evalModuleAsync('d0');
    return [one.default, (await runtime.evalModuleAsync('main')).default, runtime.evalModule('main').default];
  } },
  { name: 'stopped in the loader again and again', entry: 'host', expect: ['value'], value: [1, 1], limits: { timeout: 8000 }, run: async ({ runtime }) => {
    let controller = null;
    runtime.setModuleLoader((url) => { controller?.abort(); return url === 'a:main' ? "export { default } from 'a:part'; await import('a:part');" : 'export default 1;'; });
    for (let i = 0; i < 5000; i++) { controller = new AbortController(); const { signal } = controller; stopped(() => runtime.evalModule(i % 2 ? 'a:main' : 'a:part', { signal })); }
    controller = null;
    return [runtime.evalModule('a:main').default, (await runtime.evalModuleAsync('a:main')).default];
  } },
  { name: 'stopped in the loader of the loader', entry: 'host', expect: ['value'], value: 3, limits: { timeout: 4000 }, run: ({ runtime }) => {
    let depth = 0;
    runtime.setModuleLoader((url) => {
      if (url !== 'a:main') return 'export default 3;';
      if (++depth < 4) { const controller = new AbortController(); stopped(() => runtime.evalModule(url, { signal: controller.signal, timeout: depth === 3 ? 20 : 2000 })); controller.abort(); }
      if (depth === 4) for (const end = performance.now() + 60; performance.now() < end; );
      return "export { default } from 'a:part';";
    });
    return runtime.evalModule('a:main').default;
  } },
]);
