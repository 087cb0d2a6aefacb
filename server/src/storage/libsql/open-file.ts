import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from './database.ts';
import { howToRestore, isDamage } from './failures.ts';
import { migrate } from './schema.ts';

/** Bytes of a file that are read before it is served. */
const mostChecked = 256 * 1024 * 1024;

/** The file in a data folder. */
export const fileIn = (folder: string): string => join(folder, 'server.db');

/** The file can't be used; the message says why and what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code = 'ERR_ISOLET_SERVER_STORAGE';
}

/**
 * Checks a file, or makes it, and brings it up to date.
 *
 * @returns the lock: as long as it is open no other server takes the file
 */
export function openFile(path: string): { close(): void } {
  const lock = lockFile(path);
  try {
    const isNew = !existsSync(path);
    const db = new Database(path);
    try {
      db.durable();
      // Of a larger one a start can't wait for all: what is damaged there is said when it is read.
      if (!isNew && statSync(path).size <= mostChecked) checkFile(db);
      migrate(db);
    } finally {
      db.close();
    }
    return lock;
  } catch (error) {
    lock.close();
    throw unusable(path, error);
  }
}

/** The files that others keep in the same folder. @throws {StorageError} if one is damaged */
export function checkOthers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.db') || path === fileIn(folder) || statSync(path).size > mostChecked) continue;
    try {
      checkFileAt(path);
    } catch (error) {
      throw unusable(path, error);
    }
  }
}

/** Opens a file to check it. @throws if it is damaged */
export function checkFileAt(path: string): void {
  const db = new Database(path);
  try {
    checkFile(db);
  } finally {
    db.close();
  }
}

/** Reads the whole structure once; what is written in it is read when it is asked for. @throws if it is damaged */
function checkFile(db: Database): void {
  const found = db.all('PRAGMA quick_check(5)').map((row) => String(row['quick_check']));
  if (found.length === 1 && found[0] === 'ok') return;
  throw Object.assign(new Error(found.join('; ')), { code: 'SQLITE_CORRUPT' });
}

/** Held by the process as long as it lives, however it ends. @throws {StorageError} if another one has it */
export function lockFile(path: string): { close(): void } {
  const lock = new Database(`${path}.lock`);
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!/^SQLITE_BUSY/.test((error as { code?: string }).code ?? '')) throw unusable(path, error);
    throw new StorageError(
      `${path} is in use by another isolet-server. Stop that one, or give this one a data folder of its own.`,
    );
  }
}

function unusable(path: string, error: unknown): StorageError {
  const { message, code } = error as { message: string; code?: string };
  const said = isDamage(code) ? `is damaged: ${message}. ${howToRestore(path)}` : `can't be opened: ${message}`;
  return new StorageError(`${path} ${said}`, { cause: error });
}
