import type { Duplex } from 'node:stream';
import { problemOf } from '../errors/problem.ts';
import { ServerError, type ServerErrorCode } from '../errors/server-error.ts';

const reasons: Readonly<Record<string, readonly [ServerErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['ERR_ISOLET_SERVER_HEADERS_TOO_LARGE', 'The head of the request is too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['ERR_ISOLET_SERVER_SLOW', 'The request did not come in time.'],
};

/** Answers what was no HTTP, on a connection on which nothing is being answered, and ends it. */
export function refuseConnection(socket: Duplex, error: NodeJS.ErrnoException): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [code, message] = reasons[error.code ?? ''] ?? ['ERR_ISOLET_SERVER_BAD_REQUEST', 'This is no HTTP request.'];
  const problem = problemOf(new ServerError(code, message));
  const text = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    () => socket.destroy(),
  );
}
