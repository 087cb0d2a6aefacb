/** File (https://w3c.github.io/FileAPI/#file-section). */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import { defineInterface, isObject, requireArguments, toDictionary, toLongLong, toUSVString } from '../base/webidl.ts';
import { Blob, blobOptions, dataOf, joinParts, normalizeType, setContent, toParts, typeOf } from './blob.ts';
import type { BlobData } from './blob-data.ts';

export let isFile: (value: unknown) => value is File;
let partsOf: (file: File) => readonly [name: string, lastModified: number];
export let makeFile: (data: BlobData, type: string, name: string, lastModified: number) => File;

const fileOptions = { ...blobOptions, lastModified: { to: (value: unknown, what: string) => toLongLong(value, what) } };

export class File extends Blob {
  #name: string;
  #lastModified: number;

  constructor(bits: unknown, name: unknown, options: unknown = undefined) {
    super();
    requireArguments(arguments.length, 2, 'new File');
    const parts = toParts(bits, 'The first argument of new File');
    this.#name = toUSVString(name, 'The name of a File');
    const { endings, type, lastModified } = toDictionary(options, fileOptions, 'The options of new File');
    setContent(this, joinParts(parts, endings), normalizeType(type));
    this.#lastModified = lastModified ?? Date.now();
  }

  get name(): string {
    return this.#name;
  }

  get lastModified(): number {
    return this.#lastModified;
  }

  get webkitRelativePath(): string {
    this.#name;
    return '';
  }

  static {
    isFile = (value): value is File => isObject(value) && #name in value;
    partsOf = (file) => [file.#name, file.#lastModified];
    makeFile = (data, type, name, lastModified) => {
      const file = new File([], name, { __proto__: null, lastModified });
      setContent(file, data, type);
      return file;
    };
  }
}

defineInterface(File, {
  name: 'File',
  members: ['name', 'lastModified', 'webkitRelativePath'],
  lengths: { constructor: 2 },
  clone: (file: File) => {
    const parts = partsOf(file);
    return makeFile(dataOf(file), typeOf(file), parts[0], parts[1]);
  },
});

/** The same bytes under another name, for a form. */
export const named = (blob: Blob, name: string, lastModified: number): File =>
  makeFile(dataOf(blob), blob.type, name, lastModified);

registerCrossing(isFile, (file) => {
  const parts = partsOf(file);
  return [Kind.file, typeOf(file), dataOf(file).toParts(), parts[0], parts[1]];
});
