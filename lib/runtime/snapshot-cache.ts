import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { types } from 'node:util';
import { cachedDataVersionTag } from 'node:v8';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { guestFile } from '../guest-file.ts';
import type { NativeSnapshotOptions } from '../native.ts';
import { checkName, checkSecretOptions } from '../options/check.ts';
import { invalidRange, invalidSecret } from '../options/invalid.ts';
import { engine } from './engine.ts';
import { makeSnapshot, type Snapshot } from './snapshot.ts';

/** Where a {@link SnapshotBuilder} keeps what it built. */
export interface SnapshotCacheOptions {
  /** The folder. Made when it is missing, for this user only. */
  folder: string;
  /**
   * A secret of this service, at least 32 bytes (UTF-8 for a string). Files carry a code made with it (HMAC-SHA-256), and
   * one whose code is wrong is not read: somebody that can write to the folder and does not know the secret can't make a runtime
   * start from bytes of theirs.
   */
  key: string | Uint8Array;
}

const names: ReadonlySet<string> = new Set(['folder', 'key']);
const LEAST_KEY = 32;
const CODE_LENGTH = 32;
/** Not through a link, and without waiting for the other end of a pipe. Where a system has no such flags, they are 0. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Snapshots in files, one for each set of scripts, options, V8 version, processor and V8 flags. A file that is missing,
 * damaged, forged or of another version is the same thing: a miss.
 */
export class SnapshotCache {
  readonly #folder: string;
  readonly #key: Buffer;

  constructor(options: SnapshotCacheOptions) {
    const given = checkSecretOptions(options, names, 'cache');
    this.#folder = checkName(given['folder'], 'cache.folder');
    this.#key = checkKey(given['key']);
  }

  find(options: NativeSnapshotOptions): Snapshot | undefined {
    const file = this.#file(options);
    return this.#open(
      file,
      attempt(() => readPlainFile(file)),
    );
  }

  async findAsync(options: NativeSnapshotOptions): Promise<Snapshot | undefined> {
    const file = this.#file(options);
    return this.#open(file, await readFile(file, { flag: READ }).catch(() => undefined));
  }

  /** Readers see the old file or the new one, never a part. A failure is a warning: the snapshot is there anyway. */
  keep(options: NativeSnapshotOptions, snapshot: Snapshot): void {
    const file = this.#file(options);
    const own = temporary(file);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(own, this.#seal(file, snapshot.toBuffer()), { mode: 0o600, flag: 'wx' });
      renameSync(own, file);
    } catch (error) {
      attempt(() => rmSync(own, { force: true }));
      warn(file, error);
    }
  }

  async keepAsync(options: NativeSnapshotOptions, snapshot: Snapshot): Promise<void> {
    const file = this.#file(options);
    const own = temporary(file);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(own, this.#seal(file, snapshot.toBuffer()), { mode: 0o600, flag: 'wx' });
      await rename(own, file);
    } catch (error) {
      await rm(own, { force: true }).catch(() => undefined);
      warn(file, error);
    }
  }

  #file(options: NativeSnapshotOptions): string {
    // V8's tag stands for its version, its flags and the processor's features. The engine sets flags when it loads.
    engine();
    const versions = [
      process.versions.v8,
      process.versions.modules,
      process.platform,
      process.arch,
      cachedDataVersionTag(),
    ];
    const content = JSON.stringify([versions, options, options.web === '' ? '' : guestFile('guest-web.js')]);
    return join(this.#folder, `${createHash('sha256').update(content).digest('hex')}.isolet-snapshot`);
  }

  #seal(file: string, bytes: Buffer): Buffer {
    return Buffer.concat([this.#code(file, bytes), bytes]);
  }

  /** Nothing of a file is looked at before its code was found right. */
  #open(file: string, sealed: Buffer | undefined): Snapshot | undefined {
    if (!sealed || sealed.length <= CODE_LENGTH) return undefined;
    const bytes = sealed.subarray(CODE_LENGTH);
    if (!timingSafeEqual(this.#code(file, bytes), sealed.subarray(0, CODE_LENGTH))) return undefined;
    try {
      return makeSnapshot(new Uint8Array(bytes));
    } catch (error) {
      // Made by another version of isolet.
      if (error instanceof SnapshotError) return undefined;
      throw error;
    }
  }

  /** The name takes part, so that a file can't stand in for another. */
  #code(file: string, bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(basename(file)).update(bytes).digest();
  }
}

function checkKey(key: unknown): Buffer {
  if (typeof key !== 'string' && !types.isUint8Array(key)) {
    throw invalidSecret('cache.key', key, 'a string or a Uint8Array');
  }
  const bytes = Buffer.from(key as string);
  // Its length, not its value: errors end up in logs.
  if (bytes.length < LEAST_KEY) throw invalidRange('cache.key', bytes.length, `at least ${LEAST_KEY} bytes long`);
  return bytes;
}

const temporary = (file: string): string => `${file}.${randomUUID()}`;

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

function warn(file: string, error: unknown): void {
  process.emitWarning(`The snapshot was built but could not be kept in ${file}: ${String(error)}`, {
    code: 'ISOLET_SNAPSHOT_CACHE',
  });
}

function readPlainFile(file: string): Buffer {
  const descriptor = openSync(file, READ);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
