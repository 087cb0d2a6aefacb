import type { NativeStats } from '../native.ts';

/** What a runtime has used so far. Sizes are bytes, times are milliseconds; a plain, JSON-safe object. */
export type RuntimeStats = NativeStats;

/** What all runtimes of the process use together. */
export interface ProcessStats {
  /** Isolates that exist now, in all runtimes and threads of the process. */
  liveIsolates: number;
  /** Isolates that could not be stopped and were given up; their memory stays in use. */
  lostIsolates: number;
  /** Threads that run guests. */
  engineThreads: number;
  /** Bytes kept to compile sources faster that come again; at most 32 MiB. */
  codeCacheBytes: number;
  /** How often a source was found there. */
  codeCacheHits: number;
}
