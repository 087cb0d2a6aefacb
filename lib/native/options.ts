export interface NativeRuntimeOptions {
  maxHeapSize: number;
  initialHeapSize: number;
  /** Part of `maxHeapSize` for new objects; 0 = V8's default. */
  youngHeapSize: number;
  maxTransferDepth: number;
  maxTransferBytes: number;
  /** For guest code that belongs to no call. */
  timeout: number;
  cpuTimeout: number;
  /** Startup snapshot, header already stripped by native itself. */
  snapshot: Uint8Array | undefined;
  console: boolean;
  codeGenerationStrings: boolean;
  codeGenerationWasm: boolean;
  /** Maximum number of live guest timers; 0 = `setTimeout` and friends do not exist. */
  maxTimers: number;
  /** The snapshot was built without timers, without streams or without the web's APIs: its scripts must not find them. */
  lateTimers: boolean;
  lateStreams: boolean;
  lateWeb: boolean;
  /** Functions, streams and pending promises of the guest that the host may hold. */
  maxHeldHandles: number;
  /** Arguments of host calls that are not answered, in bytes. */
  maxOpenHostCallBytes: number;
  /** Buffers in what the guest's functions answer leave with their memory. */
  moveResults: boolean;
  /** Synchronous calls run on the calling thread. */
  syncInPlace: boolean;
  /** What a stopped call has open (host calls, timers) still settles: other calls may wait for it. */
  settleStopped: boolean;
  /** The program that makes the guest's streams; '' = there are none. */
  streams: string;
  /** What the guest's web APIs read of their options, as JSON; '' = there are none. Needs `setWebProgram`. */
  web: string;
  /** Milliseconds. */
  webClockResolution: number;
}

export interface NativeSnapshotOptions {
  scripts: { filename: string; code: string }[];
  warmup: { filename: string; code: string }[];
  timeout: number;
  maxHeapSize: number;
  maxTimers: number;
  /** The program that makes the guest's streams, or `''`. */
  streams: string;
  web: string;
  webClockResolution: number;
}
