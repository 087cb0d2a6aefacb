import { resolve } from 'node:path';
import { makeFolder } from '../kept-files.ts';
import type { Storage, Stores } from '../storage.ts';
import { Database } from './database.ts';
import { failureOf } from './failures.ts';
import { checkOthers, fileIn, openFile, StorageError } from './open-file.ts';
import { kinds, storesOf } from './stores.ts';
import { type StorageListener, Writer } from './writer.ts';

/**
 * Opens, or makes, what is kept in a folder. One process at a time may have it.
 *
 * @throws {StorageError} if the file can't be used, with what to do
 */
export function openStorage(folder: string, listener: StorageListener): Storage {
  try {
    makeFolder(folder);
  } catch (error) {
    const { message } = error as Error;
    throw new StorageError(`The data folder ${resolve(folder)} can't be made: ${message}. ${otherFolder}`, {
      cause: error,
    });
  }
  const path = fileIn(folder);
  const lock = openFile(path);
  try {
    checkOthers(folder);
  } catch (error) {
    lock.close();
    throw error;
  }
  const reader = new Database(path);
  reader.readOnly();
  const writer = new Writer(path, listener);
  const write = (store: string, method: string, args: readonly unknown[]) => writer.write(store, method, args);
  return {
    ...(joined(reader, write, path) as unknown as Stores),
    async close() {
      // Who writes closes last, and puts everything into the one file.
      reader.close();
      await writer.close();
      lock.close();
    },
  };
}

const otherFolder = 'Choose another with ISOLET_SERVER_DATA or `data`, or let this user write there.';

type Method = (...args: readonly unknown[]) => unknown;
type Asked = Record<string, Record<string, Method>>;

/** Reads happen here at once, writes on the other thread. */
function joined(
  reader: Database,
  write: (store: string, method: string, args: readonly unknown[]) => Promise<unknown>,
  path: string,
): Asked {
  const readers = storesOf(reader) as unknown as Asked;
  const asked: Asked = {};
  for (const [store, methods] of Object.entries(kinds as Record<string, Record<string, string>>)) {
    const own: Record<string, Method> = {};
    asked[store] = own;
    for (const [method, kind] of Object.entries(methods)) {
      own[method] =
        kind === 'write'
          ? (...args) => write(store, method, args)
          : async (...args) => {
              try {
                return readers[store]?.[method]?.(...args);
              } catch (error) {
                throw failureOf(error, path);
              }
            };
    }
  }
  return asked;
}
