import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { keep, keepNames } from '../kept-files.ts';
import { Database } from './database.ts';
import { checkFileAt, fileIn, lockFile, StorageError } from './open-file.ts';

/**
 * Copies every SQL file of a data folder, each as it is at one moment, while a server may be using them. The key is not
 * copied: whoever has a copy can't read the secrets in it.
 *
 * @param target - a folder that does not exist; it is there when the copy is whole
 * @returns the files, by their paths within both folders
 */
export function backupFolder(data: string, target: string): string[] {
  if (!existsSync(fileIn(data))) throw new StorageError(`${data} has nothing to copy: there is no ${fileIn(data)}.`);
  if (existsSync(target)) throw new StorageError(`${target} is there already. Name a folder that is not.`);
  const growing = `${target}.partial`;
  rmSync(growing, { recursive: true, force: true });
  const files = filesIn(data);
  for (const file of files) {
    const copy = join(growing, file);
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 });
    const db = new Database(join(data, file));
    try {
      db.run('VACUUM INTO ?', copy);
    } finally {
      db.close();
    }
  }
  keepFolders(growing, files);
  renameSync(growing, target);
  keepNames(dirname(target));
  return files;
}

/**
 * Puts a copy into a data folder. What was there is kept beside it.
 *
 * @returns the files, and the folder with what they have replaced, if anything
 * @throws {StorageError} if a file of the copy is damaged, or a server uses the folder; nothing has changed then
 */
export function restoreFolder(copy: string, data: string): { files: string[]; replaced: string | undefined } {
  const files = existsSync(copy) && statSync(copy).isDirectory() ? filesIn(copy) : [];
  if (!files.includes(relative('', fileIn(''))))
    throw new StorageError(`${copy} is no backup: it has no ${fileIn('')}.`);
  for (const file of files) checkCopy(join(copy, file));
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = lockFile(fileIn(data));
  try {
    const replaced = putAside(data);
    for (const file of files) {
      mkdirSync(dirname(join(data, file)), { recursive: true, mode: 0o700 });
      cpSync(join(copy, file), join(data, file));
      keep(join(data, file));
    }
    keepFolders(data, files);
    return { files, replaced };
  } finally {
    lock.close();
  }
}

function keepFolders(folder: string, files: readonly string[]): void {
  for (const one of new Set([...files.map((file) => dirname(join(folder, file))), folder])) keepNames(one);
}

function checkCopy(path: string): void {
  try {
    checkFileAt(path);
  } catch (error) {
    throw new StorageError(`${path} is damaged, and was not restored: ${(error as Error).message}`, { cause: error });
  }
}

/** With what SQLite keeps beside a file, which belongs to the one that was there. */
function putAside(data: string): string | undefined {
  const old = filesIn(data, /\.db(?:-wal|-shm|-journal)?$/);
  if (old.length === 0) return undefined;
  const folder = join(data, `replaced-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  for (const file of old) {
    mkdirSync(dirname(join(folder, file)), { recursive: true, mode: 0o700 });
    renameSync(join(data, file), join(folder, file));
  }
  return folder;
}

/** What was put aside is no part of it. */
function filesIn(folder: string, which = /\.db$/): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => which.test(name) && !name.startsWith('replaced-'))
    .sort();
}
