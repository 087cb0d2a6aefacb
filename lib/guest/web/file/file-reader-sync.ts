/** FileReaderSync (https://w3c.github.io/FileAPI/#FileReaderSync): for Blobs whose bytes are here. */
import { DOMException } from '../base/dom-exception.ts';
import { defineInterface } from '../base/webidl.ts';
import { type Blob, dataOf } from './blob.ts';
import { toBlob, toLabel } from './file-reader.ts';
import { type Package, packageData } from './packaging.ts';

export class FileReaderSync {
  readonly #brand = true;

  readAsArrayBuffer(blob: unknown): ArrayBuffer {
    void this.#brand;
    return read(toBlob(blob, arguments.length, 'FileReaderSync.readAsArrayBuffer'), 'ArrayBuffer') as ArrayBuffer;
  }

  readAsBinaryString(blob: unknown): string {
    void this.#brand;
    return read(toBlob(blob, arguments.length, 'FileReaderSync.readAsBinaryString'), 'BinaryString') as string;
  }

  readAsText(blob: unknown, encoding: unknown = undefined): string {
    void this.#brand;
    return read(toBlob(blob, arguments.length, 'FileReaderSync.readAsText'), 'Text', toLabel(encoding)) as string;
  }

  readAsDataURL(blob: unknown): string {
    void this.#brand;
    return read(toBlob(blob, arguments.length, 'FileReaderSync.readAsDataURL'), 'DataURL') as string;
  }
}

function read(blob: Blob, as: Package['as'], label: string | undefined = undefined): string | ArrayBuffer {
  const data = dataOf(blob);
  if (!data.isLocal) {
    throw new DOMException(
      'The bytes of this Blob are in the host: only a FileReader can wait for them',
      'NotReadableError',
    );
  }
  return packageData(data.join(), { as, type: blob.type, label });
}

defineInterface(FileReaderSync, {
  name: 'FileReaderSync',
  members: ['readAsArrayBuffer', 'readAsBinaryString', 'readAsText', 'readAsDataURL'],
  lengths: { constructor: 0, readAsText: 1 },
});
