/** TextEncoderStream and TextDecoderStream, after https://encoding.spec.whatwg.org/#interface-textencoderstream. */
import { ops } from '../base/ops.ts';
import { defineInterface, toBufferSource, toDOMString } from '../base/webidl.ts';
import { type ReadableStream, TransformStream, type WritableStream } from '../streams/streams.ts';
import { TextDecoder } from './text-decoder.ts';

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff;

class TextEncoderStream {
  #stream: TransformStream<unknown, Uint8Array>;

  constructor() {
    // A surrogate at the end of a chunk waits for its other half.
    let waiting = '';
    this.#stream = new TransformStream({
      transform(chunk, controller) {
        let text = waiting + toDOMString(chunk, 'A chunk');
        waiting = '';
        if (isHighSurrogate(text.charCodeAt(text.length - 1))) {
          waiting = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text !== '') controller.enqueue(ops.text.encode(text));
      },
      flush(controller) {
        if (waiting !== '') controller.enqueue(ops.text.encode(waiting));
      },
    });
  }

  get encoding(): string {
    void this.#stream;
    return 'utf-8';
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#stream.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#stream.writable;
  }
}

defineInterface(TextEncoderStream, { name: 'TextEncoderStream', members: ['encoding', 'readable', 'writable'] });

class TextDecoderStream {
  #decoder: TextDecoder;
  #stream: TransformStream<unknown, string>;

  constructor(label: unknown = 'utf-8', options: unknown = undefined) {
    const decoder = new TextDecoder(label, options);
    const more = { stream: true };
    this.#decoder = decoder;
    this.#stream = new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(toBufferSource(chunk, 'A chunk', { shared: true, resizable: true }), more);
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  get readable(): ReadableStream<string> {
    return this.#stream.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#stream.writable;
  }
}

defineInterface(TextDecoderStream, {
  name: 'TextDecoderStream',
  members: ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable'],
  lengths: { constructor: 0 },
});

export { TextDecoderStream, TextEncoderStream };
