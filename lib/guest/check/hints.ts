import type { AnyNode, CallExpression } from 'acorn';
import { isByName } from './uses.ts';

const globalObjects: ReadonlySet<string> = new Set(['globalThis', 'self', 'window', 'global']);

const isGlobalObject = (node: AnyNode): boolean =>
  node.type === 'ThisExpression' || (node.type === 'Identifier' && globalObjects.has(node.name));

/**
 * Names that the source has another hint of than their use: a property of the global object (`globalThis.lib`, `this.lib`,
 * `Object.assign(globalThis, { lib })`), or a text (`'lib' in globalThis`, `defineProperty(globalThis, 'lib', …)`). It may
 * make them or ask for them in a way that can't be followed.
 */
export class Hints {
  readonly #names = new Set<string>();
  /** Properties that are written to any variable: it may be the global object, if that is used for anything else. */
  readonly #written: string[] = [];
  #globals = 0;

  visit(node: AnyNode): void {
    switch (node.type) {
      case 'ThisExpression':
      case 'Identifier':
        if (isGlobalObject(node)) this.#globals++;
        break;
      case 'Literal':
        if (typeof node.value !== 'string') break;
        this.#names.add(node.value);
        if (/^(?:return )?this;?$/.test(node.value)) this.#globals++;
        break;
      case 'UnaryExpression':
        if (isGlobalObject(node.argument)) this.#globals--;
        break;
      case 'MemberExpression':
        if (!isGlobalObject(node.object)) break;
        this.#globals--;
        if (node.property.type === 'Identifier' && !node.computed) this.#names.add(node.property.name);
        break;
      case 'AssignmentExpression':
        if (isByName(node.left) && node.left.object.type === 'Identifier') this.#written.push(node.left.property.name);
        break;
      case 'CallExpression':
        this.#visitCall(node);
        break;
    }
  }

  get names(): ReadonlySet<string> {
    if (this.#globals > 0) for (const name of this.#written) this.#names.add(name);
    return this.#names;
  }

  #visitCall({ arguments: given }: CallExpression): void {
    if (!given.some(isGlobalObject)) return;
    for (const argument of given) {
      if (argument.type !== 'ObjectExpression') continue;
      for (const property of argument.properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier') this.#names.add(property.key.name);
      }
    }
  }
}
