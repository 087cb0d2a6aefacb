import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What is derived from the server's one key. */
export interface Keys {
  /** Says which key sealed something, without telling the key. */
  readonly id: Buffer;
  readonly sealing: Buffer;
  readonly proving: Buffer;
}

/**
 * @param given - the configured key
 * @param folder - where a key is kept, and made at the first start, if none is configured
 */
export function loadKeys(given: string | undefined, folder: string): Keys {
  return keysOf(given ?? keptKey(folder));
}

export function keysOf(secret: string): Keys {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `isolet-server ${use}`, 32));
  return {
    id: createHash('sha256').update(derive('key id')).digest().subarray(0, 4),
    sealing: derive('secrets at rest'),
    proving: derive('checked sources'),
  };
}

function keptKey(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'key');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = randomBytes(32).toString('base64url');
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, `${made}\n`);
  fsyncSync(file);
  closeSync(file);
  return made;
}
