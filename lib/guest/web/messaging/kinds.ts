/** What V8 says a value is, whatever its prototype: the numbers of `ops.clone.kind`. */
export const Kind = {
  ordinary: 0,
  array: 1,
  /** Without other objects in it: dates, regular expressions, buffers, wrapped primitives, WebAssembly modules. */
  leaf: 2,
  view: 3,
  map: 4,
  set: 5,
  error: 6,
  /** Nothing that can be cloned. */
  other: 7,
} as const;
