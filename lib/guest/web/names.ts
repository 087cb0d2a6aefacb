/**
 * Every global that the web's APIs bring. Each is made by its function here when the guest first asks for it, and stays;
 * `require` makes esbuild initialise a module by then and not before, once for all who import it.
 */
const decoder = () => require('./encoding/text-decoder.ts') as typeof import('./encoding/text-decoder.ts');
const base64 = () => require('./encoding/base64.ts') as typeof import('./encoding/base64.ts');
const encoder = () => require('./encoding/text-encoder.ts') as typeof import('./encoding/text-encoder.ts');
const encodingStreams = () => require('./encoding/streams.ts') as typeof import('./encoding/streams.ts');
const blobs = () => require('./file/blob.ts') as typeof import('./file/blob.ts');
const fetching = () => require('./fetch/fetch.ts') as typeof import('./fetch/fetch.ts');
const files = () => require('./file/file.ts') as typeof import('./file/file.ts');
const forms = () => require('./file/form-data.ts') as typeof import('./file/form-data.ts');
const headers = () => require('./fetch/headers.ts') as typeof import('./fetch/headers.ts');
const requests = () => require('./fetch/request.ts') as typeof import('./fetch/request.ts');
const responses = () => require('./fetch/response.ts') as typeof import('./fetch/response.ts');
const compression = () => require('./compression/streams.ts') as typeof import('./compression/streams.ts');
const crypto = () => require('./crypto/globals.ts') as typeof import('./crypto/globals.ts');
const domException = () => require('./base/dom-exception.ts') as typeof import('./base/dom-exception.ts');
const navigator = () => require('./navigator/navigator.ts') as typeof import('./navigator/navigator.ts');
const quota = () => require('./base/quota-exceeded-error.ts') as typeof import('./base/quota-exceeded-error.ts');
const streams = () => require('./streams/streams.ts') as typeof import('./streams/streams.ts');
const url = () => require('./url/url.ts') as typeof import('./url/url.ts');
const urlPattern = () => require('./url/pattern/url-pattern.ts') as typeof import('./url/pattern/url-pattern.ts');
const searchParams = () => require('./url/search-params.ts') as typeof import('./url/search-params.ts');

type Makers = Readonly<Record<string, () => unknown>>;

/** Classes: not enumerable. */
export const interfaces: Makers = {
  Blob: () => blobs().Blob,
  ByteLengthQueuingStrategy: () => streams().classes.ByteLengthQueuingStrategy,
  CompressionStream: () => compression().CompressionStream,
  Crypto: () => crypto().Crypto,
  CryptoKey: () => crypto().CryptoKey,
  DOMException: () => domException().DOMException,
  DecompressionStream: () => compression().DecompressionStream,
  QuotaExceededError: () => quota().QuotaExceededError,
  SubtleCrypto: () => crypto().SubtleCrypto,
  CountQueuingStrategy: () => streams().classes.CountQueuingStrategy,
  File: () => files().File,
  FormData: () => forms().FormData,
  Headers: () => headers().Headers,
  Navigator: () => navigator().Navigator,
  ReadableByteStreamController: () => streams().classes.ReadableByteStreamController,
  ReadableStream: () => streams().classes.ReadableStream,
  ReadableStreamBYOBReader: () => streams().classes.ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: () => streams().classes.ReadableStreamBYOBRequest,
  ReadableStreamDefaultController: () => streams().classes.ReadableStreamDefaultController,
  ReadableStreamDefaultReader: () => streams().classes.ReadableStreamDefaultReader,
  TextDecoder: () => decoder().TextDecoder,
  TextDecoderStream: () => encodingStreams().TextDecoderStream,
  TextEncoder: () => encoder().TextEncoder,
  TextEncoderStream: () => encodingStreams().TextEncoderStream,
  Request: () => requests().Request,
  Response: () => responses().Response,
  TransformStream: () => streams().classes.TransformStream,
  TransformStreamDefaultController: () => streams().classes.TransformStreamDefaultController,
  URL: () => url().URL,
  URLPattern: () => urlPattern().URLPattern,
  URLSearchParams: () => searchParams().URLSearchParams,
  WritableStream: () => streams().classes.WritableStream,
  WritableStreamDefaultController: () => streams().classes.WritableStreamDefaultController,
  WritableStreamDefaultWriter: () => streams().classes.WritableStreamDefaultWriter,
};

/** Functions and attributes of the global: enumerable. */
export const operations: Makers = {
  atob: () => base64().atob,
  btoa: () => base64().btoa,
  fetch: () => fetching().fetch,
  crypto: () => crypto().crypto,
  navigator: () => navigator().navigator,
  self: () => globalThis,
};
