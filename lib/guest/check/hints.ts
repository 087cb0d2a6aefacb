import type { AnyNode } from 'acorn';
import { full } from 'acorn-walk';

const globalObjects: ReadonlySet<string> = new Set(['globalThis', 'self', 'window', 'global']);

const isGlobalObject = (node: AnyNode): boolean =>
  node.type === 'ThisExpression' || (node.type === 'Identifier' && globalObjects.has(node.name));

/**
 * Names that the source has another hint of than their use: a property of the global object (`globalThis.lib`, `this.lib`,
 * `Object.assign(globalThis, { lib })`), or a text (`'lib' in globalThis`, `defineProperty(globalThis, 'lib', …)`). It may
 * make them or ask for them in a way that can't be followed.
 */
export function hintedNames(root: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  full(root, (walked) => {
    const node = walked as AnyNode;
    if (node.type === 'Literal' && typeof node.value === 'string') names.add(node.value);
    if (node.type === 'MemberExpression' && isGlobalObject(node.object) && node.property.type === 'Identifier') {
      if (!node.computed) names.add(node.property.name);
    }
    if (node.type !== 'CallExpression' || !node.arguments.some(isGlobalObject)) return;
    for (const argument of node.arguments) {
      if (argument.type !== 'ObjectExpression') continue;
      for (const property of argument.properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier') names.add(property.key.name);
      }
    }
  });
  return names;
}
