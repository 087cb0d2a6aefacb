import { dataProperty } from '../shared/own.ts';

/**
 * `instanceof` that works when two copies of the package live in one process (an `import` beside a `require`, or two
 * versions): a class recognises its own instances and those of its namesakes by a registered symbol.
 */
export function brand(type: abstract new (...args: never[]) => object, name: string): void {
  const key = Symbol.for(`isolet.${name}`);
  Object.defineProperty(type.prototype, key, dataProperty(true));
  function hasInstance(this: unknown, value: unknown): boolean {
    if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as object, value);
    return typeof value === 'object' && value !== null && key in value;
  }
  Object.defineProperty(type, Symbol.hasInstance, dataProperty(hasInstance));
}

/** Gives a function the name it is exported under: bundlers change names. */
export function nameFunction(fn: object, name: string): void {
  Object.defineProperty(fn, 'name', dataProperty(name, { configurable: true }));
}

/**
 * Brands an error class and gives its instances their `name`, on the prototype so that stacks start with it.
 */
export function nameError(type: abstract new (...args: never[]) => Error, name: string, shown = name): void {
  brand(type, name);
  nameFunction(type, name);
  Object.defineProperty(type.prototype, 'name', dataProperty(shown, { writable: true, configurable: true }));
}
