import type { Database } from './database.ts';
import type { WriteReply, WriteRequest } from './requests.ts';

/**
 * All that has come meanwhile in one transaction, so that many writes wait for the disk together. Each of them happens
 * as a whole or not at all; nobody is answered before the commit.
 */
export function writeTogether(
  db: Database,
  requests: readonly WriteRequest[],
  run: (request: WriteRequest) => unknown,
): WriteReply[] {
  try {
    db.exec('BEGIN IMMEDIATE');
    const replies = requests.map((request) => writeOne(db, request, run));
    db.exec('COMMIT');
    return replies;
  } catch (error) {
    try {
      db.exec('ROLLBACK');
    } catch {
      // A failure that has ended the transaction by itself.
    }
    return requests.map(({ id }) => ({ id, error: plain(error) }));
  }
}

function writeOne(db: Database, request: WriteRequest, run: (request: WriteRequest) => unknown): WriteReply {
  db.exec('SAVEPOINT one');
  try {
    const value = run(request);
    db.exec('RELEASE one');
    return { id: request.id, value };
  } catch (error) {
    // If this fails too, all of them do.
    db.exec('ROLLBACK TO one; RELEASE one');
    return { id: request.id, error: plain(error) };
  }
}

function plain(error: unknown): { message: string; code: string | undefined } {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return { message: String(message ?? error), code: typeof code === 'string' ? code : undefined };
}
