import { createHash } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { Abilities } from './abilities.ts';

/** A script of a snapshot. */
export interface SnapshotScript {
  readonly filename: string;
  readonly code: string;
}

/** A snapshot that is made again, by running its scripts, in every runtime that starts from it. */
export interface Replay extends Abilities {
  readonly scripts: readonly SnapshotScript[];
}

// Layout: magic (8 bytes), format version (1), SHA-256 of the payload (32), payload: JSON in UTF-8.
const magic = Buffer.from('ISOLETRP', 'latin1');
const formatVersion = 2;
const headerLength = magic.length + 1 + 32;

/** Whether `bytes` are a recorded snapshot, intact or not. */
export function isReplay(bytes: Uint8Array): boolean {
  return magic.equals(bytes.subarray(0, magic.length));
}

export function encodeReplay(replay: Replay): Buffer {
  const payload = Buffer.from(JSON.stringify(replay), 'utf8');
  return Buffer.concat([magic, Buffer.of(formatVersion), digest(payload), payload]);
}

/** @throws {@link SnapshotError} the bytes are damaged or of another format version */
export function decodeReplay(bytes: Uint8Array): Replay {
  if (bytes.length < headerLength) throw damaged('it ends inside its header');
  const version = bytes[magic.length];
  if (version !== formatVersion) {
    throw new SnapshotError(
      `The snapshot has format ${version} and this version of isolet reads format ${formatVersion}. Build it again.`,
    );
  }
  const payload = Buffer.from(bytes.subarray(headerLength));
  if (!digest(payload).equals(bytes.subarray(magic.length + 1, headerLength))) throw damaged('its checksum is wrong');
  const replay = JSON.parse(payload.toString('utf8')) as Omit<Replay, 'web'> & { web?: boolean };
  // Before there were web APIs nothing was said of them.
  return { ...replay, web: replay.web ?? false };
}

function digest(payload: Buffer): Buffer {
  return createHash('sha256').update(payload).digest();
}

function damaged(detail: string): SnapshotError {
  return new SnapshotError(`The snapshot is damaged: ${detail}. Build it again.`);
}
