// A stand-in for a web framework's bundle: about 200 kB of source that takes about 50 ms to evaluate, most of
// it parsing, compiling and defining, the rest filling tables. The same text on every machine.
export function librarySource() {
  const parts = ["'use strict'; globalThis.framework = (() => { const registry = Object.create(null);"];
  for (let i = 0; i < 400; i += 1) {
    parts.push(
      `class Component${i} { constructor(props) { this.props = props; this.id = ${i}; this.children = []; }
       render(depth) { const out = []; for (const child of this.children) out.push(child.render(depth + 1));
         return { tag: 'c${i}', key: this.props?.key ?? ${i}, depth, text: \`component ${i} at \${depth}\`, out }; }
       static parse(text) { return new Component${i}(JSON.parse(text)); } }
       registry.c${i} = { type: Component${i}, defaults: { key: ${i}, label: 'label ${i}' }, sample: new Component${i}({ key: ${i} }).render(0) };`,
    );
  }
  parts.push(`const tables = [];
    for (let t = 0; t < 6; t += 1) {
      const table = new Map();
      for (let i = 0; i < 1000; i += 1) table.set('entity-' + ((i * 2654435761) >>> (t % 8)), (i ^ t) % 997);
      tables.push(table.size);
    }
    let checksum = 0;
    for (let i = 0; i < 100000; i += 1) checksum = (checksum * 31 + (i ^ (checksum >>> 3))) | 0;
    return { registry, tables, checksum, answer: (n) => Object.keys(registry).length + n }; })();`);
  return parts.join('\n');
}

export const useLibrary = 'framework.answer(42)';
