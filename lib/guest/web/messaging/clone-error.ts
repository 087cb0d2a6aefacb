/** Copies of errors: class (of those of the language), message, stack and cause, as V8 copies them. */
import { notCloned } from './clone-failure.ts';

const { apply, getOwnPropertyDescriptor } = Reflect;
const { defineProperty } = Object;
const { get } = Map.prototype;

const classes = new Map<string, new () => Error>([
  ['EvalError', EvalError as never],
  ['RangeError', RangeError as never],
  ['ReferenceError', ReferenceError as never],
  ['SyntaxError', SyntaxError as never],
  ['TypeError', TypeError as never],
  ['URIError', URIError as never],
]);
const ErrorOfStart = Error;

export function cloneError(from: Error, remember: (to: Error) => void, copy: (value: unknown) => unknown): Error {
  const name = from.name as unknown;
  const Class = apply(get, classes, [name === undefined ? 'Error' : text(name)]) ?? ErrorOfStart;
  const message = getOwnPropertyDescriptor(from, 'message');
  const { stack } = from as { stack: unknown };
  const to = new Class() as Error;
  remember(to);
  const put = (key: string, value: unknown) =>
    defineProperty(to, key, { value, writable: true, enumerable: false, configurable: true });
  if (message && 'value' in message) put('message', text(message.value));
  put('stack', typeof stack === 'string' ? stack : undefined);
  const cause = getOwnPropertyDescriptor(from, 'cause');
  if (cause && 'value' in cause) put('cause', copy(cause.value));
  return to;
}

function text(value: unknown): string {
  if (typeof value === 'symbol') throw notCloned(value);
  return `${value}`;
}
