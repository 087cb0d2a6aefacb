import type { ServerResponse } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';

/** Ends an answer that has begun so that its client knows it is not whole. */
export function breakOff(response: ServerResponse | Http2ServerResponse): void {
  if (response instanceof Http2ServerResponse) response.stream?.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

/** Whether all of it was written. */
export const isWritten = (response: ServerResponse | Http2ServerResponse): boolean =>
  response instanceof Http2ServerResponse ? response.writableEnded : response.writableFinished;
