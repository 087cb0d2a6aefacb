/** What requests and responses have in common: reading their bodies (https://fetch.spec.whatwg.org/#body-mixin). */

import { type Blob, makeBlob } from '../file/blob.ts';
import { BlobBuilder } from '../file/blob-data.ts';
import { type FormData, type FormEntry, makeFormData } from '../file/form-data.ts';
import { readMultipart } from '../file/multipart-read.ts';
import { decodeUtf8, encodeUtf8 } from '../file/utf8.ts';
import type { ReadableStream } from '../streams/access.ts';
import { parseForm } from '../url/form.ts';
import type { Body } from './body.ts';
import { essenceOf, extractMimeType, type MimeType, serializeMimeType } from './mime-type.ts';

const { defineProperty } = Object;

/** How the mixin sees the object that it is part of. Both throw a TypeError for anything else. */
export interface BodyOwner<T> {
  body(self: T): Body | null;
  contentType(self: T): string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: a class with any constructor.
type AnyClass = (abstract new (...args: any[]) => object) & { prototype: object };

type Whole = string | Uint8Array<ArrayBuffer>;

export const asBytes = (all: Whole) => (typeof all === 'string' ? (encodeUtf8(all) as Uint8Array<ArrayBuffer>) : all);

function asText(all: Whole): string {
  if (typeof all !== 'string') return decodeUtf8(all);
  return all.charCodeAt(0) === 0xfeff ? all.slice(1) : all;
}

/**
 * https://fetch.spec.whatwg.org/#concept-body-consume-body. The methods are no async functions: those would settle some
 * microtasks later.
 */
function consume<T>(find: () => Body | null, convert: (all: Whole) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const body = find();
    if (!body) return resolve(convert(''));
    if (body.unusable) throw new TypeError('The body is locked or was read already');
    body.read((all) => {
      try {
        resolve(convert(all));
      } catch (error) {
        reject(error);
      }
    }, reject);
  });
}

function toForm(bytes: Uint8Array, mime: MimeType | undefined): FormEntry[] {
  const essence = mime && essenceOf(mime);
  if (essence === 'multipart/form-data') {
    const boundary = mime?.parameters.get('boundary');
    if (boundary === undefined) throw new TypeError('The content type of the body names no boundary');
    return readMultipart(bytes, boundary);
  }
  if (essence === 'application/x-www-form-urlencoded') {
    const list = parseForm(decodeUtf8(bytes, true));
    const entries: FormEntry[] = [];
    for (let i = 0; i < list.length; i += 2) entries.push([list[i] as string, list[i + 1] as string]);
    return entries;
  }
  throw new TypeError(
    'The content type of the body is neither multipart/form-data nor application/x-www-form-urlencoded',
  );
}

/** Defines the members of the mixin on a class. */
export function defineBody<T extends object>(Class: AnyClass & { prototype: T }, owner: BodyOwner<T>): void {
  const mimeOf = (self: T) => extractMimeType(owner.contentType(self));
  const members = {
    get body(): ReadableStream | null {
      return owner.body(this as unknown as T)?.stream ?? null;
    },
    get bodyUsed(): boolean {
      return owner.body(this as unknown as T)?.disturbed ?? false;
    },
    arrayBuffer(this: T): Promise<ArrayBuffer> {
      return consume(
        () => owner.body(this),
        (all) => asBytes(all).buffer,
      );
    },
    blob(this: T): Promise<Blob> {
      return consume(
        () => owner.body(this),
        (all) => {
          const builder = new BlobBuilder();
          builder.addBytes(asBytes(all));
          const mime = mimeOf(this);
          return makeBlob(builder.build(), mime ? serializeMimeType(mime) : '');
        },
      );
    },
    bytes(this: T): Promise<Uint8Array> {
      return consume(() => owner.body(this), asBytes);
    },
    formData(this: T): Promise<FormData> {
      return consume(
        () => owner.body(this),
        (all) => makeFormData(toForm(asBytes(all), mimeOf(this))),
      );
    },
    json(this: T): Promise<unknown> {
      return consume(
        () => owner.body(this),
        (all) => JSON.parse(asText(all)),
      );
    },
    text(this: T): Promise<string> {
      return consume(() => owner.body(this), asText);
    },
  };
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
    defineProperty(Class.prototype, name, { ...descriptor, enumerable: true });
  }
}

/** What `defineBody` adds. */
export interface BodyMembers {
  readonly body: ReadableStream | null;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  bytes(): Promise<Uint8Array>;
  formData(): Promise<FormData>;
  json(): Promise<unknown>;
  text(): Promise<string>;
}
