/**
 * `instanceof` that works when two copies of the package live in one process (an `import` beside a `require`, or two
 * versions): a class recognises its own instances and those of its namesakes by a registered symbol.
 */
export function brand(type: abstract new (...args: never[]) => object, name: string): void {
  const key = Symbol.for(`isolet.${name}`);
  Object.defineProperty(type.prototype, key, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as object, value);
      return typeof value === 'object' && value !== null && key in value;
    },
  });
}

/**
 * Brands an error class and gives its instances their `name`, on the prototype so that stacks start with it. The class
 * name is set too because bundlers may change it.
 */
export function nameError(type: abstract new (...args: never[]) => Error, name: string, shown = name): void {
  brand(type, name);
  Object.defineProperty(type, 'name', { value: name });
  Object.defineProperty(type.prototype, 'name', { value: shown, writable: true, configurable: true });
}
