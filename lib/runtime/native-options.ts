import type { NativeRuntimeOptions } from '../native.ts';
import type { CheckedRuntimeOptions } from '../options/check-runtime-options.ts';
import type { StartPlan } from './start.ts';
import { streamsProgram } from './streams/program.ts';
import { nativeWeb } from './web-program.ts';

/** What the engine is told to make: the options, what the guest has, and what it starts from. */
export function nativeOptions(
  options: CheckedRuntimeOptions,
  { content, has, late }: StartPlan,
  settleStopped: boolean,
): NativeRuntimeOptions {
  return {
    maxHeapSize: options.maxHeapSize,
    initialHeapSize: options.initialHeapSize,
    youngHeapSize: options.youngHeapSize,
    maxTransferDepth: options.maxTransferDepth,
    maxTransferBytes: options.maxTransferBytes,
    timeout: options.timeout,
    cpuTimeout: options.cpuTimeout,
    snapshot: content.snapshot,
    console: options.console !== false,
    codeGenerationStrings: options.codeGeneration.strings,
    codeGenerationWasm: options.codeGeneration.wasm,
    maxTimers: has.abilities.maxTimers,
    ...late,
    maxHeldHandles: options.maxHeldHandles,
    maxOpenHostCallBytes: options.maxOpenHostCallBytes,
    streams: streamsProgram(has.abilities),
    ...nativeWeb(has.web),
    moveResults: options.moveResults,
    syncInPlace: options.syncCalls === 'inPlace',
    settleStopped,
  };
}
