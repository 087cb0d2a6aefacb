import { ServerError } from '../errors/server-error.ts';

/** Bytes of names and values. A function can have 64 KiB of all of them together. */
const most = { variables: 16 * 1024, secrets: 24 * 1024 } as const;

/** @throws {ServerError} if a tenant had more of them than all its functions could take. */
export function checkRoom(kind: keyof typeof most, all: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(all).reduce(
    (sum, pair) => sum + pair.reduce((size, text) => size + Buffer.byteLength(text), 0),
    0,
  );
  if (bytes <= most[kind]) return;
  const message = `The ${kind} of a tenant may have ${most[kind]} bytes, names and values together; with this one they have ${bytes}.`;
  throw new ServerError('ERR_ISOLET_SERVER_TOO_LARGE', message, { limit: kind, value: most[kind], observed: bytes });
}
