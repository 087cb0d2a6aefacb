/** Objects of the web on their way between one guest and the host: each side has its own classes of them. */
import { types } from 'node:util';
import { TransferError } from '../../errors/transfer-error.ts';
import { type Exported, Kind } from '../../shared/web/parts.ts';
import type { HostFunction } from '../host-function.ts';
import { Blobs } from './blobs.ts';
import { isWebObject, type WebName, type WebObject, webNameOf } from './brands.ts';
import { list, odd, pairs, text } from './check-parts.ts';
import { flatOf, requestParts, responseParts, toRequest, toResponse } from './messages.ts';
import { IncomingSignals } from './signals-in.ts';
import { OutgoingSignals } from './signals-out.ts';

type Exporters = { [Name in WebName]: (object: WebObject<Name>, own: WebObjects) => Exported };

/** What a guest without the web's APIs gets as data, as any instance of a class. */
const asData: ReadonlySet<WebName> = new Set(['DOMException', 'URL', 'URLSearchParams']);

const exporters: Exporters = {
  DOMException: ({ name, message }) => [Kind.domException, name, message],
  URL: ({ href }) => [Kind.url, href],
  URLSearchParams: (params) => [Kind.searchParams, params.toString()],
  Headers: (headers) => [Kind.headers, flatOf(headers)],
  Blob: (blob, { blobs }) => [Kind.blob, blob.type, blobs.pieces(blob)],
  File: (file, { blobs }) => [Kind.file, file.type, blobs.pieces(file), file.name, file.lastModified],
  FormData: (form) => [Kind.formData, [...form].flat()],
  AbortSignal: (signal, { outgoing }) => [Kind.abortSignal, ...outgoing.parts(signal)],
  Request: (request, { outgoing }) => {
    const parts = requestParts(request, outgoing.parts(request.signal));
    return typeof parts === 'string' ? parts : [Kind.request, ...parts];
  },
  Response: (response) => {
    const parts = responseParts(response);
    return typeof parts === 'string' ? parts : [Kind.response, ...parts];
  },
};

const names = Object.fromEntries(Object.entries(Kind).map(([name, kind]) => [kind, name]));

/** Those of one guest. */
export class WebObjects {
  readonly blobs: Blobs;
  readonly outgoing: OutgoingSignals;
  readonly incoming: IncomingSignals;

  /** `holds`: whether the guest has a function of the host; `maxTransferBytes`: its limit. */
  constructor(holds: (fn: HostFunction) => boolean, maxTransferBytes: number) {
    this.blobs = new Blobs(maxTransferBytes);
    this.outgoing = new OutgoingSignals(holds);
    this.incoming = new IncomingSignals(holds, maxTransferBytes);
  }

  /** Undefined: it is none of them. */
  export(object: object): Exported {
    const name = webNameOf(object);
    return name && exporters[name](object as never, this);
  }

  /** @throws TransferError the guest has sent parts that make no such object */
  import(kind: number, parts: readonly unknown[]): object {
    try {
      return this.#make(kind, parts);
    } catch (error) {
      throw new TransferError(
        `An object of the guest (${names[kind]}) can't be made here: ${(error as Error).message}`,
      );
    }
  }

  #make(kind: number, parts: readonly unknown[]): object {
    const [first, second, third, fourth] = parts;
    switch (kind) {
      case Kind.domException:
        return toDOMException(first, second, third);
      case Kind.url:
        return new URL(text(first));
      case Kind.searchParams:
        return new URLSearchParams(text(first));
      case Kind.headers:
        return new Headers(pairs(first));
      case Kind.blob:
        return this.blobs.blob(first, second);
      case Kind.file:
        return this.blobs.file(first, second, third, fourth);
      case Kind.formData:
        return toFormData(first);
      case Kind.abortSignal:
        return this.incoming.make(first, second, third);
      case Kind.request:
        if (fourth !== undefined && !isWebObject(fourth, 'AbortSignal')) throw odd('signal');
        return toRequest(first, second, third as never, fourth);
      case Kind.response:
        return toResponse(first, second, third as never);
      default:
        throw odd('kind');
    }
  }
}

/** How an object leaves for a guest without the web's APIs: not at all, or as data. */
export function exportToBareGuest(object: object): Exported {
  const name = webNameOf(object);
  return name === undefined || asData.has(name) ? undefined : `${name} for a guest without the option 'web'`;
}

/** `error`: the same as an ordinary Error, decoded: its properties are data. */
function toDOMException(name: unknown, message: unknown, error: unknown): DOMException {
  const made = new DOMException(text(message), text(name));
  if (!types.isNativeError(error)) return made;
  for (const key of Object.getOwnPropertyNames(error)) {
    const property = Object.getOwnPropertyDescriptor(error, key) as PropertyDescriptor;
    const ofClass = key === 'name' || key === 'message' || (key === 'code' && !property.enumerable);
    if (!ofClass) Object.defineProperty(made, key, { ...property, configurable: true });
  }
  return made;
}

function toFormData(entries: unknown): FormData {
  const flat = list(entries);
  const form = new FormData();
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = text(flat[i]);
    const value = flat[i + 1];
    if (isWebObject(value, 'File')) form.append(name, value as never);
    else form.append(name, text(value));
  }
  return form;
}
