/** FileReader (https://w3c.github.io/FileAPI/#APIASynch). */
import { DOMException } from '../base/dom-exception.ts';
import { ops } from '../base/ops.ts';
import { defineInterface, requireArguments, toDOMString, toInterface } from '../base/webidl.ts';
import { dispatch, EventTarget } from '../events/event-target.ts';
import { defineHandler } from '../events/handlers.ts';
import { progressEvent } from '../events/progress-event.ts';
import { type Blob, dataOf, isBlob } from './blob.ts';
import type { BlobData } from './blob-data.ts';
import { type Package, packageData } from './packaging.ts';

const states = { EMPTY: 0, LOADING: 1, DONE: 2 } as const;
/** Milliseconds between two events that tell of progress. */
const progressInterval = 50;

/** One read, which is over when the reader has another, or none. */
interface Read {
  readonly data: BlobData;
  readonly wanted: Package;
  loaded: number;
}

export const toBlob = (value: unknown, given: number, what: string): Blob => {
  requireArguments(given, 1, what);
  return toInterface(value, isBlob, 'Blob', `The first argument of ${what}`);
};
export const toLabel = (value: unknown): string | undefined =>
  value === undefined ? undefined : toDOMString(value, 'The encoding');

export class FileReader extends EventTarget {
  #state: number = states.EMPTY;
  #result: string | ArrayBuffer | null = null;
  #error: DOMException | null = null;
  #read: Read | undefined;

  get readyState(): number {
    return this.#state;
  }

  get result(): string | ArrayBuffer | null {
    return this.#result;
  }

  get error(): DOMException | null {
    return this.#error;
  }

  readAsArrayBuffer(blob: unknown): void {
    void this.#state;
    this.#start(toBlob(blob, arguments.length, 'FileReader.readAsArrayBuffer'), 'ArrayBuffer');
  }

  readAsBinaryString(blob: unknown): void {
    void this.#state;
    this.#start(toBlob(blob, arguments.length, 'FileReader.readAsBinaryString'), 'BinaryString');
  }

  readAsText(blob: unknown, encoding: unknown = undefined): void {
    void this.#state;
    this.#start(toBlob(blob, arguments.length, 'FileReader.readAsText'), 'Text', toLabel(encoding));
  }

  readAsDataURL(blob: unknown): void {
    void this.#state;
    this.#start(toBlob(blob, arguments.length, 'FileReader.readAsDataURL'), 'DataURL');
  }

  abort(): void {
    const read = this.#read;
    this.#result = null;
    if (!read) return;
    this.#end();
    this.#tell('abort', read);
    this.#tellEnd(read);
  }

  #start(blob: Blob, as: Package['as'], label: string | undefined = undefined): void {
    if (this.#read) throw new DOMException('The reader is reading already', 'InvalidStateError');
    const read: Read = { data: dataOf(blob), wanted: { as, type: blob.type, label }, loaded: 0 };
    // Refused where too many turns are asked for: then nothing has begun.
    ops.guest.setTask(() => {
      if (this.#tellWhile(read, 'loadstart')) this.#load(read);
    });
    this.#read = read;
    this.#state = states.LOADING;
    this.#result = null;
    this.#error = null;
  }

  #load(read: Read): void {
    let told = ops.clock.now();
    const finish = (bytes: Uint8Array<ArrayBuffer>) => {
      read.loaded = bytes.byteLength;
      soon(() => {
        if (read.loaded > 0 && !this.#tellWhile(read, 'progress')) return;
        soon(() => this.#finish(read, bytes));
      });
    };
    const progress = (loaded: number) => {
      read.loaded = loaded;
      const now = ops.clock.now();
      if (loaded === read.data.size || now - told < progressInterval) return this.#read === read;
      told = now;
      return this.#tellWhile(read, 'progress');
    };
    const fail = () => soon(() => this.#fail(read));
    try {
      read.data.read(finish, fail, progress);
    } catch {
      // There is no room for all of it.
      fail();
    }
  }

  #finish(read: Read, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#read !== read) return;
    try {
      const result = packageData(bytes, read.wanted);
      this.#end();
      this.#result = result;
    } catch {
      this.#fail(read);
      return;
    }
    this.#tell('load', read);
    soon(() => this.#tellEnd(read));
  }

  #fail(read: Read): void {
    if (this.#read !== read) return;
    this.#end();
    this.#error = new DOMException('The Blob could not be read', 'NotReadableError');
    this.#tell('error', read);
    soon(() => this.#tellEnd(read));
  }

  #end(): void {
    this.#read = undefined;
    this.#state = states.DONE;
  }

  #tell(type: string, { loaded, data }: Read): void {
    dispatch(this, progressEvent(type, loaded, data.size));
  }

  /** Nothing if a listener of the event before has begun another read. */
  #tellEnd(read: Read): void {
    if (this.#state !== states.LOADING) this.#tell('loadend', read);
  }

  /** Whether the read goes on after the event. */
  #tellWhile(read: Read, type: string): boolean {
    if (this.#read !== read) return false;
    this.#tell(type, read);
    return this.#read === read;
  }
}

/** In a turn of its own, behind the microtasks of what was told before; at once if there are too many turns to come. */
function soon(step: () => void): void {
  try {
    ops.guest.setTask(step);
  } catch {
    step();
  }
}

defineInterface(FileReader, {
  name: 'FileReader',
  members: [
    'readyState',
    'result',
    'error',
    'readAsArrayBuffer',
    'readAsBinaryString',
    'readAsText',
    'readAsDataURL',
    'abort',
  ],
  constants: states,
  lengths: { constructor: 0, readAsText: 1 },
});
const events = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];
for (let i = 0; i < events.length; i++) defineHandler(FileReader.prototype, events[i] as string);
