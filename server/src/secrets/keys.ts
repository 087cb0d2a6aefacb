import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFile, makeFolder } from '../storage/kept-files.ts';

/** What is derived from one key of the server. */
export interface Key {
  /** Says which key sealed something, without telling the key. */
  readonly id: Buffer;
  readonly sealing: Buffer;
  readonly proving: Buffer;
}

/** The key that is used, and those that were before: what they have sealed can be read. */
export interface Keys {
  readonly current: Key;
  readonly all: readonly Key[];
}

/**
 * @param given - the configured key
 * @param previous - those that were configured before
 * @param folder - where a key is kept, and made at the first start, if none is configured. One that was kept there
 *   before counts as previous
 */
export function loadKeys(given: string | undefined, previous: readonly string[], folder: string): Keys {
  const path = join(folder, 'key');
  if (given === undefined) return keysOf(existsSync(path) ? readKey(path) : makeKey(path), previous);
  return keysOf(given, existsSync(path) ? [...previous, readKey(path)] : previous);
}

export function keysOf(current: string, previous: readonly string[] = []): Keys {
  const all = [current, ...previous].map(keyOf) as [Key, ...Key[]];
  return { current: all[0], all };
}

function keyOf(secret: string): Key {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `isolet-server ${use}`, 32));
  return {
    id: createHash('sha256').update(derive('key id')).digest().subarray(0, 4),
    sealing: derive('secrets at rest'),
    proving: derive('checked sources'),
  };
}

function readKey(path: string): string {
  const key = readFileSync(path, 'utf8').trim();
  if (key.length >= 16) return key;
  throw new Error(`${path} is damaged: it has no key. Bring back the one that was there; without it secrets are lost.`);
}

function makeKey(path: string): string {
  const made = randomBytes(32).toString('base64url');
  makeFolder(dirname(path));
  makeFile(path, `${made}\n`);
  return made;
}
