/**
 * The interfaces of guests with the web's APIs, as their standards define them for workers: what follows a name is what its
 * constructor needs, then attributes, methods and static methods with what they need, constants. `|` stands between.
 */
export const interfaces: Readonly<Record<string, string>> = {
  AbortController: '0 | signal | abort/0',
  AbortSignal: '0 EventTarget | aborted reason onabort | throwIfAborted/0 | abort/0 timeout/1 any/1',
  Blob: '0 | size type | slice/0 stream/0 text/0 arrayBuffer/0 bytes/0',
  ByteLengthQueuingStrategy: '1 | highWaterMark size',
  CompressionStream: '1 | readable writable',
  CountQueuingStrategy: '1 | highWaterMark size',
  Crypto: '0 | subtle | getRandomValues/1 randomUUID/0',
  CryptoKey: '0 | type extractable algorithm usages',
  CustomEvent: '1 Event | detail | initCustomEvent/1',
  DOMException:
    '0 | name message code |  |  | INDEX_SIZE_ERR DOMSTRING_SIZE_ERR HIERARCHY_REQUEST_ERR WRONG_DOCUMENT_ERR INVALID_CHARACTER_ERR NO_DATA_ALLOWED_ERR NO_MODIFICATION_ALLOWED_ERR NOT_FOUND_ERR NOT_SUPPORTED_ERR INUSE_ATTRIBUTE_ERR INVALID_STATE_ERR SYNTAX_ERR INVALID_MODIFICATION_ERR NAMESPACE_ERR INVALID_ACCESS_ERR VALIDATION_ERR TYPE_MISMATCH_ERR SECURITY_ERR NETWORK_ERR ABORT_ERR URL_MISMATCH_ERR QUOTA_EXCEEDED_ERR TIMEOUT_ERR INVALID_NODE_TYPE_ERR DATA_CLONE_ERR',
  DecompressionStream: '1 | readable writable',
  ErrorEvent: '1 Event | message filename lineno colno error',
  Event:
    '1 | type target srcElement currentTarget eventPhase cancelBubble bubbles cancelable returnValue defaultPrevented composed timeStamp | composedPath/0 stopPropagation/0 stopImmediatePropagation/0 preventDefault/0 initEvent/1 |  | NONE CAPTURING_PHASE AT_TARGET BUBBLING_PHASE',
  EventTarget: '0 |  | addEventListener/2 removeEventListener/2 dispatchEvent/1',
  File: '2 Blob | name lastModified webkitRelativePath',
  FileReader:
    '0 EventTarget | readyState result error onloadstart onprogress onload onabort onerror onloadend | readAsArrayBuffer/1 readAsBinaryString/1 readAsText/1 readAsDataURL/1 abort/0 |  | EMPTY LOADING DONE',
  FileReaderSync: '0 |  | readAsArrayBuffer/1 readAsBinaryString/1 readAsText/1 readAsDataURL/1',
  FormData: '0 |  | append/2 delete/1 get/1 getAll/1 has/1 set/2 entries/0 keys/0 values/0 forEach/1',
  Headers: '0 |  | append/2 delete/1 get/1 getSetCookie/0 has/1 set/2 entries/0 keys/0 values/0 forEach/1',
  MessageChannel: '0 | port1 port2',
  MessageEvent: '1 Event | data origin lastEventId source ports | initMessageEvent/1',
  MessagePort: '0 EventTarget | onclose onmessage onmessageerror | postMessage/1 start/0 close/0',
  Navigator: '0 | userAgent',
  Performance:
    '0 EventTarget | timeOrigin | now/0 toJSON/0 getEntries/0 getEntriesByType/1 getEntriesByName/1 mark/1 clearMarks/0 measure/1 clearMeasures/0',
  PerformanceEntry: '0 | id name entryType startTime duration navigationId | toJSON/0',
  PerformanceMark: '1 PerformanceEntry | detail',
  PerformanceMeasure: '0 PerformanceEntry | detail',
  PerformanceObserver: '1 |  | observe/0 disconnect/0 takeRecords/0 | supportedEntryTypes',
  PerformanceObserverEntryList: '0 |  | getEntries/0 getEntriesByType/1 getEntriesByName/1',
  ProgressEvent: '1 Event | lengthComputable loaded total',
  PromiseRejectionEvent: '2 Event | promise reason',
  QuotaExceededError: '0 DOMException | quota requested',
  ReadableByteStreamController: '0 | byobRequest desiredSize | close/0 enqueue/1 error/0',
  ReadableStream: '0 | locked | cancel/0 getReader/0 pipeThrough/1 pipeTo/1 tee/0 values/0 | from/1',
  ReadableStreamBYOBReader: '1 | closed | read/1 releaseLock/0 cancel/0',
  ReadableStreamBYOBRequest: '0 | view | respond/1 respondWithNewView/1',
  ReadableStreamDefaultController: '0 | desiredSize | close/0 enqueue/0 error/0',
  ReadableStreamDefaultReader: '1 | closed | read/0 releaseLock/0 cancel/0',
  Request:
    '1 | method url headers destination referrer referrerPolicy mode credentials cache redirect integrity keepalive isReloadNavigation isHistoryNavigation signal duplex body bodyUsed | clone/0 arrayBuffer/0 blob/0 bytes/0 formData/0 json/0 text/0',
  Response:
    '0 | type url redirected status ok statusText headers body bodyUsed | clone/0 arrayBuffer/0 blob/0 bytes/0 formData/0 json/0 text/0 | error/0 redirect/1 json/1',
  SubtleCrypto:
    '0 |  | encrypt/3 decrypt/3 sign/3 verify/4 digest/2 generateKey/3 deriveKey/5 deriveBits/2 importKey/5 exportKey/2 wrapKey/4 unwrapKey/7 encapsulateKey/5 encapsulateBits/2 decapsulateKey/6 decapsulateBits/3 getPublicKey/2 | supports/2',
  TextDecoder: '0 | encoding fatal ignoreBOM | decode/0',
  TextDecoderStream: '0 | encoding fatal ignoreBOM readable writable',
  TextEncoder: '0 | encoding | encode/0 encodeInto/2',
  TextEncoderStream: '0 | encoding readable writable',
  TransformStream: '0 | readable writable',
  TransformStreamDefaultController: '0 | desiredSize | enqueue/0 error/0 terminate/0',
  URL: '1 | href origin protocol username password host hostname port pathname search searchParams hash | toJSON/0 toString/0 | createObjectURL/1 revokeObjectURL/1 parse/1 canParse/1',
  URLPattern:
    '0 | protocol username password hostname port pathname search hash hasRegExpGroups | test/0 exec/0 generate/2 | compareComponent/3',
  URLSearchParams:
    '0 | size | append/2 delete/1 get/1 getAll/1 has/1 set/2 sort/0 toString/0 entries/0 keys/0 values/0 forEach/1',
  WritableStream: '0 | locked | abort/0 close/0 getWriter/0',
  WritableStreamDefaultController: '0 | signal | error/0',
  WritableStreamDefaultWriter: '1 | closed desiredSize ready | abort/0 close/0 releaseLock/0 write/0',
};
