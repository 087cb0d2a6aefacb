import { ServerError } from '../../errors/server-error.ts';

/** What a failure of the file means, in words that say what to do. What is no failure of the file comes as it is. */
export function failureOf(error: unknown, path: string): Error {
  const { message = String(error), code } = error as { message?: string; code?: string };
  const failure = new ServerError('ERR_ISOLET_SERVER_STORAGE', `${said(code)} (${code ?? 'no code'})`, {});
  // For the server's log only: the answer has neither the path nor SQL.
  failure.cause = new Error(`${path}: ${message}${isDamage(code) ? `. ${howToRestore(path)}` : ''}`);
  return failure;
}

export const isDamage = (code: string | undefined): boolean => /^SQLITE_(?:CORRUPT|NOTADB)/.test(code ?? '');

function said(code = ''): string {
  if (isDamage(code)) return 'The file with everything is damaged; the log of the server says how to restore it.';
  if (/^SQLITE_FULL/.test(code)) return 'There is no room left on the disk.';
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) return 'The file with everything is in use by another process.';
  if (/^SQLITE_IOERR/.test(code)) return 'The disk failed.';
  return 'What was asked for could not be kept.';
}

export const howToRestore = (path: string): string =>
  `Stop the server and bring back a copy: isolet-server restore <backup>. The damaged ${path} is kept beside it.`;
