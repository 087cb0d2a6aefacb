import { inspect, types } from 'node:util';

/**
 * The value on one short line, for error messages. The value may be a guest's, and of any size: no more of it is looked
 * at than is shown, and none of its code runs. `util.inspect` promises neither: it lists every key, and the digits of
 * one BigInt may take minutes.
 */
export function brief(value: unknown): string {
  return cut(isObject(value) ? shallow(value) : leaf(value), LENGTH);
}

/** Whether a BigInt has more bits than some power of two has. A comparison looks at the length first. */
export function isLong(value: bigint, longest = LONGEST): boolean {
  return value > longest || value < -longest;
}

export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

const LENGTH = 80;
const MOST_ITEMS = 3;
const MOST_KEYS = 8;
const LONGEST = 1n << 256n;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A value inside another one: of objects only what they are. */
function leaf(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return isLong(value) ? 'a BigInt of more than 256 bits' : `${value}n`;
  if (typeof value === 'symbol') return `Symbol(${oneLine(value.description ?? '')})`;
  if (typeof value === 'function') {
    const name = own(value, 'name');
    return typeof name === 'string' && name !== '' ? `function ${oneLine(name, 40)}` : 'a function';
  }
  if (isObject(value)) return `[${kindOf(value)}]`;
  return inspect(value);
}

function shallow(value: object): string {
  if (types.isProxy(value)) return 'a Proxy';
  if (Array.isArray(value)) return list(value, value.length, '[', ']', '');
  if (types.isTypedArray(value)) {
    const length = get<number>(typedArray, 'length', value);
    return list(value, length, '[', ']', `${kindOf(value)}(${length}) `);
  }
  if (types.isMap(value))
    return collection(Map.prototype.entries.call(value), get(Map.prototype, 'size', value), 'Map');
  if (types.isSet(value)) return collection(Set.prototype.values.call(value), get(Set.prototype, 'size', value), 'Set');
  if (types.isNativeError(value)) return `[${errorText(value)}]`;
  if (types.isDate(value)) return inspect(new Date(Date.prototype.getTime.call(value)));
  if (types.isRegExp(value)) return `/${oneLine(get<string>(RegExp.prototype, 'source', value))}/`;
  if (types.isBoxedPrimitive(value)) return boxed(value);
  return properties(value);
}

function list(value: object, length: number, open: string, close: string, prefix: string): string {
  const parts: string[] = [];
  for (let i = 0; i < Math.min(length, MOST_ITEMS); i++) parts.push(property(value, i) ?? '<empty>');
  if (length > MOST_ITEMS) parts.push(`... ${length - MOST_ITEMS} more`);
  return prefix + around(open, parts, close);
}

function collection(entries: Iterator<unknown>, size: number, kind: 'Map' | 'Set'): string {
  const parts: string[] = [];
  for (let i = 0; i < Math.min(size, MOST_ITEMS); i++) {
    const { value } = entries.next();
    parts.push(kind === 'Map' ? `${leaf(value[0])} => ${leaf(value[1])}` : leaf(value));
  }
  if (size > MOST_ITEMS) parts.push(`... ${size - MOST_ITEMS} more`);
  return `${kind}(${size}) ${around('{', parts, '}')}`;
}

function properties(value: object): string {
  const parts: string[] = [];
  // All of them, for want of a way to ask for the first: for 300,000 about 100 ms. A loop would ask prototypes too.
  for (const key of Object.keys(value)) {
    if (parts.length === MOST_KEYS) {
      parts.push('...');
      break;
    }
    parts.push(`${/^[a-z_$][\w$]{0,39}$/i.test(cut(key, 41)) ? key : quoted(key)}: ${property(value, key)}`);
  }
  const kind = kindOf(value);
  return (kind === 'Object' ? '' : `${kind} `) + around('{', parts, '}');
}

function property(value: object, key: string | number): string | undefined {
  const found = Object.getOwnPropertyDescriptor(value, key);
  if (!found) return undefined;
  return 'value' in found ? leaf(found.value) : '[Getter]';
}

function errorText(error: Error): string {
  const message = own(error, 'message');
  const kind = kindOf(error);
  return typeof message === 'string' && message !== '' ? `${kind}: ${oneLine(message)}` : kind;
}

function boxed(value: object): string {
  for (const { name, prototype } of [Number, String, Boolean, BigInt, Symbol]) {
    try {
      return `[${name}: ${leaf(Reflect.apply(prototype.valueOf, value, []))}]`;
    } catch {
      // Another kind.
    }
  }
  return kindOf(value);
}

/** The name of the class, where it is one of its prototype's. */
function kindOf(value: object): string {
  if (types.isProxy(value)) return 'Proxy';
  if (Array.isArray(value)) return 'Array';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return '[Object: null prototype]';
  const type = own(prototype as object, 'constructor');
  const name = typeof type === 'function' ? own(type, 'name') : undefined;
  return typeof name === 'string' && name !== '' ? oneLine(name, 40) : 'Object';
}

/** What the object itself has under a name, if that is data. */
function own(value: object, key: string): unknown {
  return types.isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, key)?.value;
}

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

/** What the accessor of a built-in says, whatever the object has under that name. */
function get<T>(prototype: object, name: string, value: object): T {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get?.call(value) as T;
}

const around = (open: string, parts: string[], close: string): string =>
  parts.length === 0 ? open + close : `${open} ${parts.join(', ')} ${close}`;

const quoted = (text: string): string => inspect(cut(text, 60)).replaceAll('\n', ' ');
const oneLine = (text: string, length = 60): string => cut(text, length).replaceAll('\n', ' ');
