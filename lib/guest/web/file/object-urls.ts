/**
 * Object URLs (https://w3c.github.io/FileAPI/#url): names of Blobs that `fetch` finds, in this guest alone. Each keeps its
 * Blob, until it is revoked, in the guest's memory.
 */
import { randomUuid } from '../crypto/uuid.ts';
import { baseUrl } from '../fetch/base-url.ts';
import { originOf, parseRecord } from '../url/record.ts';
import type { Blob } from './blob.ts';

const blobs = new Map<string, Blob>();
const { apply } = Reflect;
const { get, set, delete: remove } = Map.prototype;

export function addObjectUrl(blob: Blob): string {
  const base = baseUrl();
  const record = base === undefined ? null : parseRecord(base, undefined);
  const href = `blob:${record ? originOf(record) : 'null'}/${randomUuid()}`;
  apply(set, blobs, [href, blob]);
  return href;
}

/** Nothing if there is no such URL. */
export function removeObjectUrl(url: string): void {
  apply(remove, blobs, [parseRecord(url, undefined)?.href]);
}

/** What a URL, without its fragment, is the name of. */
export function blobAt(href: string): Blob | undefined {
  const hash = href.indexOf('#');
  return apply(get, blobs, [hash < 0 ? href : href.slice(0, hash)]) as Blob | undefined;
}
