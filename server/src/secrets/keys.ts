import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

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

const readKey = (path: string): string => readFileSync(path, 'utf8').trim();

function makeKey(path: string): string {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const made = randomBytes(32).toString('base64url');
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, `${made}\n`);
  fsyncSync(file);
  closeSync(file);
  return made;
}
