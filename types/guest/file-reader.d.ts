interface ProgressEventInit extends EventInit {
  lengthComputable?: boolean;
  loaded?: number;
  total?: number;
}
interface ProgressEvent extends Event {
  readonly lengthComputable: boolean;
  readonly loaded: number;
  readonly total: number;
}
declare var ProgressEvent: { prototype: ProgressEvent; new (type: string, init?: ProgressEventInit): ProgressEvent };

type FileReaderHandler = ((this: FileReader, event: ProgressEvent) => unknown) | null;
interface FileReader extends EventTarget {
  readonly EMPTY: 0;
  readonly LOADING: 1;
  readonly DONE: 2;
  readonly readyState: 0 | 1 | 2;
  readonly result: string | ArrayBuffer | null;
  readonly error: DOMException | null;
  onloadstart: FileReaderHandler;
  onprogress: FileReaderHandler;
  onload: FileReaderHandler;
  onabort: FileReaderHandler;
  onerror: FileReaderHandler;
  onloadend: FileReaderHandler;
  readAsArrayBuffer(blob: Blob): void;
  readAsBinaryString(blob: Blob): void;
  readAsDataURL(blob: Blob): void;
  readAsText(blob: Blob, encoding?: string): void;
  abort(): void;
}
declare var FileReader: {
  prototype: FileReader;
  new (): FileReader;
  readonly EMPTY: 0;
  readonly LOADING: 1;
  readonly DONE: 2;
};

interface FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
  readAsBinaryString(blob: Blob): string;
  readAsDataURL(blob: Blob): string;
  readAsText(blob: Blob, encoding?: string): string;
}
declare var FileReaderSync: { prototype: FileReaderSync; new (): FileReaderSync };
