/** Server-side rendering of tenants' components with a real library: Preact is evaluated once, into a snapshot. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type JsFunction, Runtime, SnapshotBuilder } from 'isolet';

/** Preact and its renderer as one script that leaves `h` and `render` on the guest's globalThis. */
async function bundleLibrary(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { h } from 'preact';
        import { renderToString } from 'preact-render-to-string';
        Object.assign(globalThis, { h, render: (Component, props) => renderToString(h(Component, props)) });`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minify: true,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

const library = await bundleLibrary();
const snapshot = await new SnapshotBuilder({ timeout: 10_000 })
  .executeScript('preact.js', library)
  .warmup("render(() => h('ul', null, [1, 2].map((n) => h('li', { key: n }, n))), {})")
  .buildAsync();
console.log(`library of ${Math.round(library.length / 1024)} KiB in a ${snapshot.kind} snapshot`);

/** What two tenants uploaded. `h` is there; nothing else of the server is. */
const components: Record<string, string> = {
  acme: `(props) => h('main', { class: 'acme' }, h('h1', null, props.title), props.items.map((item) => h('li', { key: item }, item)))`,
  globex: `function Page({ title }) { return h('article', null, title, ' & ', h('b', null, typeof process)); }`,
};

async function render(tenant: string, props: object): Promise<string> {
  const runtime = await Runtime.create({ name: tenant, snapshot, timeout: 1000, maxHeapSize: 32 * 1024 * 1024 });
  try {
    const code = `((Component) => (props) => render(Component, props))(${components[tenant]})`;
    const page = await runtime.evalAsync<JsFunction<[object], string>>(code, { filename: `${tenant}.js` });
    return await page.callAsync([props]);
  } finally {
    await runtime.closeAsync();
  }
}

console.log(await render('acme', { title: 'Today <now>', items: ['tea', 'rye & salt'] }));
console.log(await render('globex', { title: 'Hello' }));
const pages = await Promise.all(
  Array.from({ length: 20 }, (_, n) => render('acme', { title: `Page ${n}`, items: [] })),
);
console.log(`${new Set(pages).size} different pages`);
