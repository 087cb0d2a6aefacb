import { ReadableStream } from 'node:stream/web';

/** Where the bytes of a body go by. */
export interface Passage {
  /** Throws for one chunk too many. */
  onChunk(bytes: number): void;
  /** It is over, well or not. */
  onEnd?(error?: unknown): void;
  /** Nobody wants the rest. */
  onCancel?(reason: unknown): void;
}

/** The same bytes, counted as they are read. */
export function counted(body: ReadableStream<Uint8Array>, passage: Passage): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            passage.onEnd?.();
            controller.close();
          } else {
            passage.onChunk(value.byteLength);
            controller.enqueue(value);
          }
        } catch (error) {
          passage.onEnd?.(error);
          reader.cancel(error).catch(() => {});
          throw error;
        }
      },
      async cancel(reason) {
        const cancelled = reader.cancel(reason);
        passage.onCancel?.(reason);
        // Both at once may be too much for it.
        await cancelled.catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}
