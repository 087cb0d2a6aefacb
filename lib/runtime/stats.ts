import type { NativeStats } from '../native.ts';
import type { CellsStats } from './cell-stats.ts';

/** What a runtime has used so far. Sizes are bytes, times are milliseconds; a plain, JSON-safe object. */
export interface RuntimeStats extends NativeStats {
  /** Streams of the host that the guest can reach and that have not ended. */
  activeHostStreams: number;
  /** Streams of the guest that ever crossed. */
  totalGuestStreams: number;
  /** Streams of the host that ever crossed. */
  totalHostStreams: number;
  /** Bytes of the chunks the host has read: exact for binary data and UTF-8 for text, an estimate for the rest. */
  bytesStreamedToHost: number;
  /** Bytes of the chunks the guest has read, likewise. */
  bytesStreamedToGuest: number;
}

/** What all runtimes of the process use together. */
export interface ProcessStats {
  /**
   * Isolates made since the process began. On Node 24 no runtime is made after 500,000 ({@link CapacityError}): its V8
   * would stop the process some time later.
   */
  madeIsolates: number;
  /** Isolates that exist now, in all runtimes and threads of the process. */
  liveIsolates: number;
  /** Isolates that could not be stopped and were given up; their memory stays in use. */
  lostIsolates: number;
  /** Isolates made ahead, ready for runtimes that are still to come; see `maxStockedIsolates` of {@link setProcessLimits}. */
  stockedIsolates: number;
  /** Sum of `maxHeapSize` over the runtimes that exist, in bytes; lost ones included. */
  reservedBytes: number;
  /** Threads that run guests. */
  engineThreads: number;
  /** Bytes kept to compile sources faster that come again; at most 32 MiB. */
  codeCacheBytes: number;
  /** How often a source was found there. */
  codeCacheHits: number;
  /** Processes that this thread has started for runtimes, and what they take; they are not in the numbers above. */
  cells: CellsStats;
}
