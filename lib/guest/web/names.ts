/**
 * Every global that the web's APIs bring. Each is made by its function here when the guest first asks for it, and stays;
 * `require` makes esbuild initialise a module by then and not before, once for all who import it.
 */
const decoder = () => require('./encoding/text-decoder.ts') as typeof import('./encoding/text-decoder.ts');
const abortController = () => require('./events/abort-controller.ts') as typeof import('./events/abort-controller.ts');
const abortSignal = () => require('./events/abort-signal.ts') as typeof import('./events/abort-signal.ts');
const customEvent = () => require('./events/custom-event.ts') as typeof import('./events/custom-event.ts');
const errorEvent = () => require('./events/error-event.ts') as typeof import('./events/error-event.ts');
const event = () => require('./events/event.ts') as typeof import('./events/event.ts');
const globalScope = () => require('./events/global-scope.ts') as typeof import('./events/global-scope.ts');
const messageEvent = () => require('./messaging/message-event.ts') as typeof import('./messaging/message-event.ts');
const messagePort = () => require('./messaging/message-port.ts') as typeof import('./messaging/message-port.ts');
const progressEvent = () => require('./events/progress-event.ts') as typeof import('./events/progress-event.ts');
const performanceClock = () => require('./performance/performance.ts') as typeof import('./performance/performance.ts');
const performanceEntries = () => require('./performance/entries.ts') as typeof import('./performance/entries.ts');
const performanceObserver = () => require('./performance/observer.ts') as typeof import('./performance/observer.ts');
const structuredClone = () =>
  require('./messaging/structured-clone.ts') as typeof import('./messaging/structured-clone.ts');
const base64 = () => require('./encoding/base64.ts') as typeof import('./encoding/base64.ts');
const encoder = () => require('./encoding/text-encoder.ts') as typeof import('./encoding/text-encoder.ts');
const encodingStreams = () => require('./encoding/streams.ts') as typeof import('./encoding/streams.ts');
const blobs = () => require('./file/blob.ts') as typeof import('./file/blob.ts');
const fetching = () => require('./fetch/fetch.ts') as typeof import('./fetch/fetch.ts');
const fileReader = () => require('./file/file-reader.ts') as typeof import('./file/file-reader.ts');
const fileReaderSync = () => require('./file/file-reader-sync.ts') as typeof import('./file/file-reader-sync.ts');
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
  AbortController: () => abortController().AbortController,
  AbortSignal: () => abortSignal().AbortSignal,
  Blob: () => blobs().Blob,
  ByteLengthQueuingStrategy: () => streams().classes.ByteLengthQueuingStrategy,
  CompressionStream: () => compression().CompressionStream,
  CountQueuingStrategy: () => streams().classes.CountQueuingStrategy,
  Crypto: () => crypto().Crypto,
  CryptoKey: () => crypto().CryptoKey,
  CustomEvent: () => customEvent().CustomEvent,
  DOMException: () => domException().DOMException,
  DecompressionStream: () => compression().DecompressionStream,
  ErrorEvent: () => errorEvent().ErrorEvent,
  Event: () => event().Event,
  EventTarget: () => globalScope().adoptGlobal(),
  File: () => files().File,
  FileReader: () => fileReader().FileReader,
  FileReaderSync: () => fileReaderSync().FileReaderSync,
  FormData: () => forms().FormData,
  Headers: () => headers().Headers,
  MessageChannel: () => messagePort().MessageChannel,
  MessageEvent: () => messageEvent().MessageEvent,
  MessagePort: () => messagePort().MessagePort,
  Navigator: () => navigator().Navigator,
  Performance: () => performanceClock().Performance,
  PerformanceEntry: () => performanceEntries().PerformanceEntry,
  PerformanceMark: () => performanceEntries().PerformanceMark,
  PerformanceMeasure: () => performanceEntries().PerformanceMeasure,
  PerformanceObserver: () => performanceObserver().PerformanceObserver,
  PerformanceObserverEntryList: () => performanceObserver().PerformanceObserverEntryList,
  ProgressEvent: () => progressEvent().ProgressEvent,
  PromiseRejectionEvent: () => errorEvent().PromiseRejectionEvent,
  QuotaExceededError: () => quota().QuotaExceededError,
  ReadableByteStreamController: () => streams().classes.ReadableByteStreamController,
  ReadableStream: () => streams().classes.ReadableStream,
  ReadableStreamBYOBReader: () => streams().classes.ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: () => streams().classes.ReadableStreamBYOBRequest,
  ReadableStreamDefaultController: () => streams().classes.ReadableStreamDefaultController,
  ReadableStreamDefaultReader: () => streams().classes.ReadableStreamDefaultReader,
  Request: () => requests().Request,
  Response: () => responses().Response,
  SubtleCrypto: () => crypto().SubtleCrypto,
  TextDecoder: () => decoder().TextDecoder,
  TextDecoderStream: () => encodingStreams().TextDecoderStream,
  TextEncoder: () => encoder().TextEncoder,
  TextEncoderStream: () => encodingStreams().TextEncoderStream,
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
  addEventListener: () => globalScope().addEventListener,
  atob: () => base64().atob,
  btoa: () => base64().btoa,
  crypto: () => crypto().crypto,
  dispatchEvent: () => globalScope().dispatchEvent,
  fetch: () => fetching().fetch,
  navigator: () => navigator().navigator,
  performance: () => performanceClock().performance,
  removeEventListener: () => globalScope().removeEventListener,
  reportError: () => globalScope().reportError,
  self: () => globalThis,
  structuredClone: () => structuredClone().structuredClone,
};
