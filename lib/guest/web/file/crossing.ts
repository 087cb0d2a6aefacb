/** Blobs, files and forms of the host's, of their parts. */
import type { BlobParts, BlobPiece, FileParts } from '../../../shared/web/parts.ts';
import { ops } from '../base/ops.ts';
import { type Blob, makeBlob } from './blob.ts';
import { BlobData, type Piece } from './blob-data.ts';
import { type File, makeFile } from './file.ts';
import { type FormData, type FormEntry, makeFormData } from './form-data.ts';

/** Names and values in turn. */
export type FlatEntries = readonly (string | File)[];

const { isView } = ArrayBuffer;

/** Bytes that the host keeps for Blobs: with so many new ones, those that the guest has forgotten are collected. */
const collectAfter = 64 * 1024 * 1024;
/** What a Blob takes in the host beside its bytes. */
const perPiece = 4096;
const seen = new WeakSet<object>();
let arrived = 0;

function note(remote: object, bytes: number): void {
  if (seen.has(remote)) return;
  seen.add(remote);
  arrived += bytes + perPiece;
  if (arrived < collectAfter) return;
  arrived = 0;
  ops.work.collect();
}

function dataOf(parts: readonly BlobPiece[]): BlobData {
  const pieces: Piece[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as BlobPiece;
    if (!isView(part)) note(part[0], part[2] - part[1]);
    pieces[i] = isView(part) ? part : { remote: part[0], start: part[1], byteLength: part[2] - part[1] };
  }
  return new BlobData(pieces);
}

export const importBlob = ([type, pieces]: BlobParts): Blob => makeBlob(dataOf(pieces), type);

export const importFile = ([type, pieces, name, lastModified]: FileParts): File =>
  makeFile(dataOf(pieces), type, name, lastModified);

export function importFormData(flat: FlatEntries): FormData {
  const entries: FormEntry[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) entries[i / 2] = [flat[i] as string, flat[i + 1] as string | File];
  return makeFormData(entries);
}
