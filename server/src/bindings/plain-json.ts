// JSON of a value that a guest gave. `JSON.stringify` would call what the guest left in it, and write a value that is in
// itself a hundred times over as long as there is memory.

const deepest = 100;

/** @throws what `refuse` makes of a reason: the value is none that JSON has, or longer than `maxBytes` */
export function plainJson(value: unknown, maxBytes: number, refuse: (why: string) => Error): string {
  const parts: string[] = [];
  let room = maxBytes;
  const add = (text: string) => {
    room -= text.length;
    if (room < 0) throw refuse(`it is longer than ${maxBytes} bytes`);
    parts.push(text);
  };
  const write = (one: unknown, path: string, depth: number): void => {
    if (depth > deepest) throw refuse(`${path || 'it'} is nested more than ${deepest} deep`);
    if (one === null || typeof one === 'boolean') add(String(one));
    else if (typeof one === 'string') add(JSON.stringify(one));
    else if (typeof one === 'number' && Number.isFinite(one)) add(String(one));
    else if (Array.isArray(one)) writeList(one, path, depth);
    else if (isPlain(one)) writeObject(one, path, depth);
    else throw refuse(`${path || 'it'} is ${nameOf(one)}, which JSON has not`);
  };
  const writeList = (list: readonly unknown[], path: string, depth: number) => {
    add('[');
    for (let at = 0; at < list.length; at++) {
      if (at > 0) add(',');
      write(list[at], `${path}[${at}]`, depth + 1);
    }
    add(']');
  };
  const writeObject = (object: Record<string, unknown>, path: string, depth: number) => {
    let between = '';
    add('{');
    for (const key of Object.keys(object)) {
      if (object[key] === undefined) continue;
      add(`${between}${JSON.stringify(key)}:`);
      between = ',';
      write(object[key], path === '' ? key : `${path}.${key}`, depth + 1);
    }
    add('}');
  };
  write(value, '', 0);
  const text = parts.join('');
  if (Buffer.byteLength(text) > maxBytes) throw refuse(`it is longer than ${maxBytes} bytes`);
  return text;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
}
