// The thread that writes: the only connection that may, and the one that waits for the disk.
import { parentPort, workerData } from 'node:worker_threads';
import { writeTogether } from './batch.ts';
import { Database } from './database.ts';
import type { ToWriter, WriteRequest } from './requests.ts';
import { storesOf } from './stores.ts';

const port = parentPort;
if (!port) throw new Error('this is a thread of isolet-server');
const db = new Database((workerData as { path: string }).path);
db.durable();
const stores = storesOf(db) as unknown as Record<string, Record<string, (...args: readonly unknown[]) => unknown>>;

let waiting: WriteRequest[] = [];
let closing = false;

port.on('message', (message: ToWriter) => {
  if (message === 'close') closing = true;
  else waiting.push(message);
  // What comes in the same turn goes together; while that is written the next ones gather.
  if (waiting.length === 1 || closing) setImmediate(flush);
});

function flush(): void {
  const requests = waiting;
  waiting = [];
  const replies = requests.length === 0 ? [] : writeTogether(db, requests, run);
  if (replies.length > 0) port?.postMessage(replies);
  if (!closing) return;
  try {
    // Then everything is in the one file.
    db.all('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // There is no room for it: then it stays in the file beside it.
  }
  db.close();
  port?.close();
}

const run = ({ store, method, args }: WriteRequest): unknown => stores[store]?.[method]?.(...args);
