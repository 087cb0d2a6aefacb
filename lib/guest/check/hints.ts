import type { AnyNode } from 'acorn';
import { isByName } from './uses.ts';

const globalObjects: ReadonlySet<string> = new Set(['globalThis', 'self', 'window', 'global']);

const isGlobalObject = (node: AnyNode): boolean =>
  node.type === 'ThisExpression' || (node.type === 'Identifier' && globalObjects.has(node.name));

/**
 * Names that the source has another hint of than their use: a property of the global object (`globalThis.lib`, `this.lib`,
 * `Object.assign(globalThis, { lib })`), or a text (`'lib' in globalThis`, `defineProperty(globalThis, 'lib', …)`). It may
 * make them or ask for them in a way that can't be followed.
 */
export function hints(): { visit(node: AnyNode): void; names(): ReadonlySet<string> } {
  const names = new Set<string>();
  /** Properties that are written to any variable: it may be the global object, if that is used for anything else. */
  const written: string[] = [];
  let globals = 0;
  const visit = (node: AnyNode): void => {
    if (isGlobalObject(node)) globals++;
    if (node.type === 'Literal' && typeof node.value === 'string') {
      names.add(node.value);
      if (/^(?:return )?this;?$/.test(node.value)) globals++;
    }
    if (node.type === 'UnaryExpression' && isGlobalObject(node.argument)) globals--;
    if (node.type === 'MemberExpression' && isGlobalObject(node.object)) {
      globals--;
      if (node.property.type === 'Identifier' && !node.computed) names.add(node.property.name);
    }
    if (node.type === 'AssignmentExpression' && isByName(node.left) && node.left.object.type === 'Identifier') {
      written.push(node.left.property.name);
    }
    if (node.type !== 'CallExpression' || !node.arguments.some(isGlobalObject)) return;
    for (const argument of node.arguments) {
      if (argument.type !== 'ObjectExpression') continue;
      for (const property of argument.properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier') names.add(property.key.name);
      }
    }
  };
  return {
    visit,
    names: () => {
      if (globals > 0) for (const name of written) names.add(name);
      return names;
    },
  };
}
