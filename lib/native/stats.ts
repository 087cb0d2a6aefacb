export interface NativeStats {
  heapTotalBytes: number;
  heapUsedBytes: number;
  heapLimitBytes: number;
  externalMemoryBytes: number;
  arrayBufferBytes: number;
  physicalTotalBytes: number;
  mallocedBytes: number;
  totalExecutionTimeMs: number;
  lastExecutionTimeMs: number;
  totalCpuTimeMs: number;
  lastCpuTimeMs: number;
  lastExecutionKind: 'eval' | 'evalAsync' | 'evalModule' | 'evalModuleAsync' | 'call' | 'callAsync' | null;
  counts: {
    eval: number;
    evalAsync: number;
    evalModule: number;
    evalModuleAsync: number;
    call: number;
    callAsync: number;
    hostCall: number;
    hostCallAsync: number;
    timeouts: number;
    errors: number;
  };
  pendingCalls: number;
  activeHostCalls: number;
  activeTimers: number;
  liveFunctionHandles: number;
  /** Functions, streams and pending promises of the guest that the host holds; bounded by `maxHeldHandles`. */
  heldHandles: number;
  /** Streams of the guest that the host holds and that have not ended. */
  activeGuestStreams: number;
}

/** Process-wide. */
export interface NativeProcessLimits {
  maxIsolates: number;
  maxReservedBytes: number;
  maxLostIsolates: number;
  maxStockedIsolates: number;
}

/** Process-wide. */
export interface NativeCounters {
  madeIsolates: number;
  liveIsolates: number;
  stockedIsolates: number;
  lostIsolates: number;
  reservedBytes: number;
  engineThreads: number;
  /** Compiled code kept for sources that come again, with those sources. */
  codeCacheBytes: number;
  codeCacheHits: number;
}
