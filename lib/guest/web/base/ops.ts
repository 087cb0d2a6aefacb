/**
 * The native helpers (native/web/*_ops.h), one group per room. The engine hands them to `install` before any guest code
 * runs. They must not get where guest code can reach them: no export to a global, no function of theirs as a value that
 * the guest gets, no call through a method that a guest can replace (`Function.prototype.call`, `bind`).
 */

/** What a runtime's option `web` says to its guest. */
export interface Settings {
  readonly baseUrl: string | null;
  readonly userAgent: string;
  /** Whether the host answers fetches. */
  readonly fetch: boolean;
  /** Whether Node has what https://wicg.github.io/webcrypto-modern-algos/ adds. */
  readonly modernCrypto: boolean;
}

interface GuestOps {
  /** Which run of guest code this is: another number after one was stopped. */
  frame(): number;
  /** Those of this runtime, asked each time: what is kept would end up in snapshots. */
  settings(): Settings;
  /** Tells the engine by what it knows streams, and what makes them cross. */
  streams(
    readable: object,
    writable: object,
    transform: object,
    exportStream: (stream: never) => unknown,
    importStream: (source: never) => unknown,
  ): void;
  /** The guest has this buffer no more: one of 64 KiB or more moves instead of being copied when it leaves. */
  give(buffer: ArrayBufferLike): void;
  setTimeout(callback: () => void, milliseconds: number): number;
  setInterval(callback: () => void, milliseconds: number): number;
  clearTimeout(id: number): void;
  /** Calls back in a turn of its own, soon; belongs to the running call, like a timer, but is not counted as one. */
  setTask(callback: () => void): void;
  queueMicrotask(callback: () => void): void;
  structuredClone<T>(value: T, options?: { transfer: readonly object[] }): T;
}

interface ClockOps {
  /** Milliseconds since the guest began, as coarse as its options say. */
  now(): number;
  /** When that was, in milliseconds since 1970. */
  origin(): number;
}

interface RandomOps {
  /** Overwrites at most 65,536 bytes. */
  fill(view: ArrayBufferView): void;
}

interface HostOps {
  /** Asks the host (lib/web/host.ts) for what it provides under this name. */
  call(name: string, ...values: unknown[]): Promise<unknown>;
  /** The same; the guest waits for the answer. If that is a promise, it is one in the guest too. */
  callSync(name: string, ...values: unknown[]): unknown;
}

interface UrlOps {
  /**
   * The href of a URL; `offsets` become where its parts are (UrlRecord in lib/guest/web/url). Undefined: that is no URL.
   * Null, as of the others here: Node's parser can't be used.
   */
  parse(input: string, base: string | undefined, offsets: Int32Array): string | null | undefined;
  canParse(input: string, base: string | undefined): boolean | null;
  /** The href with another value of one part; undefined: it can't have that. */
  set(href: string, part: number, value: string, offsets: Int32Array): string | null | undefined;
}

interface TextOps {
  /** UTF-8; a lone surrogate is U+FFFD. */
  encode(text: string): Uint8Array;
  /** `counts` become the units read and the bytes written. */
  encodeInto(text: string, target: Uint8Array, counts: Uint32Array): void;
  /**
   * `encoding` is a number of lib/guest/web/encoding/labels.ts; the flags: 1 fatal, 2 keep a byte order mark, 4 more will
   * follow. `state` is four numbers of zero that a decoder keeps between its pieces. Undefined: malformed and fatal.
   */
  decode(
    encoding: number,
    bytes: ArrayBuffer | ArrayBufferView,
    flags: number,
    state: Uint32Array | undefined,
  ): string | undefined;
}

interface Base64Ops {
  /** A character for each byte; undefined: that is no base64. */
  decode(text: string): string | undefined;
  /** Undefined: a character is above U+00FF. */
  encode(text: string): string | undefined;
}

interface LibraryOps {
  /** What the program `dist/guest-<name>.js` exports, evaluated anew in each call. */
  load(name: string): unknown;
}

/** Hashes and ciphers by their numbers in native/web/openssl.h; what they answer is undefined where Node lacks one. */
interface CryptoOps {
  digest(hash: number, data: Uint8Array): ArrayBuffer | undefined;
  hmac(hash: number, key: Uint8Array, data: Uint8Array): ArrayBuffer | undefined;
  pbkdf2(
    hash: number,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length: number,
  ): ArrayBuffer | undefined;
  /** Null: it could not be done. */
  aes(
    mode: number,
    encrypt: boolean,
    key: Uint8Array,
    iv: Uint8Array,
    data: Uint8Array,
    additional: Uint8Array,
    parameter: number,
  ): ArrayBuffer | null | undefined;
}

/** See native/web/zlib_ops.h. */
interface ZlibOps {
  has(format: number): boolean;
  open(holder: object, format: number, compress: boolean): number;
  step(id: number, bytes: Uint8Array, from: number, finish: boolean): Uint8Array | undefined;
  status(): number;
  close(id: number): void;
}

interface WorkOps {
  /** Counts processor time that the host is about to use as the guest's. False: the call that runs has less left. */
  charge(milliseconds: number): boolean;
  /** Looks for what the guest holds of the host and does not need. */
  collect(): void;
}

interface EventOps {
  /** Tells the host of an exception that nobody has caught. */
  uncaught(error: unknown): void;
  /** From now on the engine tells of handlers that come late to rejected promises. */
  watchHandled(): void;
  /** Of an exception: message, name of the file, line, column. */
  describe(error: unknown): [message: string, filename: string, line: number, column: number];
}

interface CloneOps {
  /** What a value is to structuredClone: a number of `Kind` in messaging/kinds.ts. */
  kind(value: object): number;
  /** Names of an array's own enumerable properties that are no indices. */
  names(array: object): string[];
}

interface WasmOps {
  allowed(): boolean;
  /** As WebAssembly.compile and WebAssembly.instantiate. */
  compile(bytes: Uint8Array): Promise<unknown>;
  instantiate(bytes: Uint8Array, imports: unknown): Promise<unknown>;
}

export interface Ops {
  readonly guest: GuestOps;
  readonly clock: ClockOps;
  readonly random: RandomOps;
  readonly host: HostOps;
  readonly url: UrlOps;
  readonly text: TextOps;
  readonly base64: Base64Ops;
  readonly libraries: LibraryOps;
  readonly crypto: CryptoOps;
  readonly zlib: ZlibOps;
  readonly work: WorkOps;
  readonly events: EventOps;
  readonly clone: CloneOps;
  readonly wasm: WasmOps;
}

export let ops: Ops;

/** Of what initialises modules, see scripts/common/lazy-modules.mjs. */
declare let __frame: () => number;

export function setOps(given: Ops): void {
  ops = given;
  __frame = given.guest.frame;
}
