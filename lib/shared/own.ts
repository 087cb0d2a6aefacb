type Options = Readonly<Record<PropertyKey, unknown>>;

/** Has no properties, not even those of `Object.prototype`. */
export const nothing: Options = Object.freeze(Object.create(null));

const rootOf = Object.prototype;

/** Whether `value`, its class or another object it inherits from has `key`; what all objects have does not count. */
export function isGiven(value: object, key: PropertyKey): boolean {
  for (let at: object | null = value; at !== null && at !== rootOf; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, key)) return true;
  }
  return false;
}

/** The property, unless it is one that all objects have. */
export function given(value: object, key: PropertyKey): unknown {
  return isGiven(value, key) ? (value as Options)[key] : undefined;
}

/** A copy that has the properties of these names which `value` was given. */
export function onlyGiven(value: object, names: Iterable<string>): Options {
  const copy: Record<string, unknown> = Object.create(null);
  for (const name of names) if (isGiven(value, name)) copy[name] = (value as Options)[name];
  return copy;
}

/** A property descriptor: with `get` on `Object.prototype` an ordinary object is none. */
export function dataProperty(value: unknown, attributes: PropertyDescriptor = nothing): PropertyDescriptor {
  return { __proto__: null, ...attributes, value } as PropertyDescriptor;
}
