/**
 * How objects of the web cross: as a kind and its parts, which are values of the protocol. Guest and host make objects of
 * their own classes of them. The kinds are those of native/value/made.h.
 */
export const Kind = {
  domException: 1,
  url: 2,
  searchParams: 3,
  headers: 4,
  blob: 5,
  file: 6,
  formData: 7,
  abortSignal: 8,
  request: 9,
  response: 10,
} as const;

/** A kind, then the parts; or why the object can't cross. Undefined: it is none of these. */
export type Exported = readonly [kind: number, ...parts: unknown[]] | string | undefined;

/** Behind them the engine adds it as an ordinary Error: stack, cause and properties. */
export type DOMExceptionParts = [name: string, message: string];
export type UrlParts = [href: string];
export type SearchParamsParts = [text: string];
/** Names and values in turn. */
export type HeadersParts = [flat: string[]];
/** Bytes, or `[read, start, end]`: bytes of a Blob of the host, by its function. */
export type BlobPiece =
  | Uint8Array
  | [read: (start: number, end: number) => Promise<Uint8Array>, start: number, end: number];
export type BlobParts = [type: string, pieces: BlobPiece[]];
export type FileParts = [type: string, pieces: BlobPiece[], name: string, lastModified: number];
/** Names and values (text or File) in turn. */
export type FormDataParts = [entries: unknown[]];
/** Tells of an abort, once. */
export type TellAbort = (reason: unknown) => Promise<unknown>;
/** Takes what is to be told; `others`: such functions of other signals, each with what is to be told, in turn. */
export type ListenToAbort = (tell: TellAbort, others?: readonly unknown[]) => void;
/** Of the guest. */
export type GuestSignalParts = [aborted: boolean, reason: unknown, listen?: ListenToAbort];
/** Of the host, which tells all of them through one function. It listens as long as the guest has `token`. */
export type HostSignalParts = [aborted: boolean, reason: unknown, id?: number, token?: unknown];
/** Text, bytes or a stream. */
export type BodyPart = string | Uint8Array | object | null;

/** A request without headers, body and signal. */
export interface RequestHead {
  method: string;
  url: string;
  cache: string;
  credentials: string;
  integrity: string;
  keepalive: boolean;
  mode: string;
  redirect: string;
  /** `client`, `no-referrer` or a URL. */
  referrer: string;
  referrerPolicy: string;
}

/** A response without headers and body. */
export interface ResponseHead {
  type: string;
  url: string;
  redirected: boolean;
  status: number;
  statusText: string;
}

/** `signal`: from the guest an AbortSignal or nothing; from the host its parts. */
export type RequestParts = [head: RequestHead, headers: string[], body: BodyPart, signal: unknown];
export type ResponseParts = [head: ResponseHead, headers: string[], body: BodyPart];

/** What is read of a host's Blob at a time. */
export const maxBlobRead = 1_048_576;
/** Bodies of at most this many bytes that are at hand travel with what they belong to. */
export const maxInlineBody = 65_536;
