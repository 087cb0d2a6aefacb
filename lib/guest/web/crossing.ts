/** Objects of the host's as they arrive in the guest. The host says what they are: nothing is checked here. */
import {
  type BlobParts,
  type DOMExceptionParts,
  type FileParts,
  type HeadersParts,
  type HostSignalParts,
  Kind,
  type RequestParts,
  type ResponseParts,
  type SearchParamsParts,
  type UrlParts,
} from '../../shared/web/parts.ts';
import type { FlatEntries } from './file/crossing.ts';

const exceptions = () => require('./base/dom-exception.ts') as typeof import('./base/dom-exception.ts');
const fetching = () => require('./fetch/crossing.ts') as typeof import('./fetch/crossing.ts');
const files = () => require('./file/crossing.ts') as typeof import('./file/crossing.ts');
const searchParams = () => require('./url/search-params.ts') as typeof import('./url/search-params.ts');
const signals = () => require('./events/host-signals.ts') as typeof import('./events/host-signals.ts');
const urls = () => require('./url/url.ts') as typeof import('./url/url.ts');

const makers: Readonly<Record<string, (parts: never) => object>> = {
  __proto__: null as never,
  [Kind.domException]: (parts: [...DOMExceptionParts, Error?]) => exceptions().importDOMException(parts),
  [Kind.url]: ([href]: UrlParts) => new (urls().URL)(href),
  [Kind.searchParams]: ([text]: SearchParamsParts) => new (searchParams().URLSearchParams)(text),
  [Kind.headers]: (parts: HeadersParts) => fetching().importHeaders(parts),
  [Kind.blob]: (parts: BlobParts) => files().importBlob(parts),
  [Kind.file]: (parts: FileParts) => files().importFile(parts),
  [Kind.formData]: ([entries]: [FlatEntries]) => files().importFormData(entries),
  [Kind.abortSignal]: (parts: HostSignalParts) => signals().importSignal(parts),
  [Kind.request]: (parts: RequestParts) => fetching().importRequest(parts),
  [Kind.response]: (parts: ResponseParts) => fetching().importResponse(parts),
};

export function importObject(kind: number, parts: unknown[]): object {
  const make = makers[kind];
  if (!make) throw new TypeError('An object of an unknown kind has arrived');
  return make(parts as never);
}
