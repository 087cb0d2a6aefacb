import * as workerThreads from 'node:worker_threads';

/** Node ≥ 21 can be asked. */
const isMarked = (workerThreads as { isMarkedAsUntransferable?: (value: object) => boolean }).isMarkedAsUntransferable;

/**
 * Whether an ArrayBuffer belongs to Node, as the pool behind small Buffers does: moving it away would take the bytes of
 * others along. Before Node 21 only the present pool is known.
 */
export function isPooled(buffer: ArrayBuffer): boolean {
  return isMarked ? isMarked(buffer) : Buffer.allocUnsafe(1).buffer === buffer;
}
