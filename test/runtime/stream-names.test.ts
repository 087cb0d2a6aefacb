import { SnapshotBuilder } from 'isolet';
import { expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();

const names = [
  'ByteLengthQueuingStrategy',
  'CountQueuingStrategy',
  'ReadableByteStreamController',
  'ReadableStream',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController',
  'ReadableStreamDefaultReader',
  'TransformStream',
  'TransformStreamDefaultController',
  'WritableStream',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
];

/** What a class is called, and which of its members are called otherwise than they are found. */
const facts = `(() => {
  const odd = (holder) => Object.entries(Object.getOwnPropertyDescriptors(holder)).filter(([key, { value, get }]) =>
    get ? get.name !== 'get ' + key : typeof value === 'function' && key !== 'constructor' && value.name !== key);
  return ${JSON.stringify(names)}.map((name) => {
    const { [name]: made } = globalThis;
    const tag = Object.prototype.toString.call(made.prototype);
    return [made.name, made.prototype.constructor === made, tag, odd(made.prototype).concat(odd(made)).map(([key]) => key).join()];
  });
})()`;

const expected = names.map((name) => [name, true, `[object ${name}]`, '']);

it('classes and members of streams have their names', () => {
  const runtime = make({ streams: true });
  expect(runtime.eval(facts)).toEqual(expected);
  expect(
    runtime.eval(`
      let controller, writer; new ReadableStream({ start(c) { controller = c } }); new WritableStream({ start(c) { writer = c } });
      [controller, writer, new ReadableStream().getReader(), new WritableStream().getWriter(), new TransformStream(),
        new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' })].map((object) => object.constructor.name)`),
  ).toEqual([
    'ReadableStreamDefaultController',
    'WritableStreamDefaultController',
    'ReadableStreamDefaultReader',
    'WritableStreamDefaultWriter',
    'TransformStream',
    'ReadableStreamBYOBReader',
  ]);
});

it('also in a runtime from a snapshot', () => {
  const snapshot = new SnapshotBuilder().executeScript('made.js', 'var made = 1;').build();
  expect(make({ streams: true, snapshot }).eval(facts)).toEqual(expected);
});
