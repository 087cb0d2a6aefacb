import type { Limits } from './call-options.ts';
import {
  checkBoolean,
  checkInteger,
  checkMilliseconds,
  checkName,
  checkOneOf,
  checkOptions,
  checkString,
} from './check.ts';
import { checkInitialHeapSize, checkMaxHeapSize } from './heap-size.ts';
import { invalidRange, invalidType } from './invalid.ts';
import { type ConsoleHandler, runtimeDefaults } from './runtime-options.ts';
import { type CheckedWeb, checkWeb, checkWebNeeds } from './web.ts';

const mebibyte = 1024 * 1024;

const names: ReadonlySet<string> = new Set([
  'maxHeapSize',
  'initialHeapSize',
  'timeout',
  'cpuTimeout',
  'bootstrap',
  'snapshot',
  'console',
  'codeGeneration',
  'maxTransferDepth',
  'maxTransferBytes',
  'maxTimers',
  'maxHeldHandles',
  'maxOpenHostCallBytes',
  'streams',
  'web',
  'moveResults',
  'syncCalls',
  'isolation',
  'name',
]);
const codeGenerationNames: ReadonlySet<string> = new Set(['strings', 'wasm']);
const isolations: readonly ('isolate' | 'process')[] = ['isolate', 'process'];
const bootstrapNames: ReadonlySet<string> = new Set(['code', 'filename']);

/** Options after checking; the snapshot is checked where it is used, and may say what `maxTimers`, `streams` and `web` are. */
export interface CheckedRuntimeOptions extends Limits {
  maxHeapSize: number;
  initialHeapSize: number;
  /** Not among the options, see runtime/roomy.ts. */
  youngHeapSize: number;
  bootstrap: { code: string; filename: string } | undefined;
  snapshot: unknown;
  console: boolean | 'inherit' | ConsoleHandler;
  codeGeneration: { strings: boolean; wasm: boolean };
  maxTransferDepth: number;
  maxTransferBytes: number;
  maxTimers: number | undefined;
  maxHeldHandles: number;
  maxOpenHostCallBytes: number;
  streams: boolean | undefined;
  web: CheckedWeb | false | undefined;
  moveResults: boolean;
  syncCalls: 'guarded' | 'inPlace';
  /** Undefined: nobody said. */
  isolation: 'isolate' | 'process' | undefined;
  name: string;
}

let unnamed = 0;

export function checkRuntimeOptions(options: unknown): CheckedRuntimeOptions {
  const given = checkOptions(options, names);
  const maxHeapSize = checkMaxHeapSize(given.maxHeapSize);
  const has = {
    maxTimers: checkMaxTimers(given.maxTimers),
    streams: checkStreams(given.streams),
    web: checkWeb(given.web),
  };
  checkWebNeeds(has.web, has.maxTimers, has.streams);
  return {
    maxHeapSize,
    initialHeapSize: checkInitialHeapSize(given.initialHeapSize, given.maxHeapSize),
    youngHeapSize: 0,
    timeout: given.timeout === undefined ? runtimeDefaults.timeout : checkMilliseconds(given.timeout, 'timeout'),
    cpuTimeout:
      given.cpuTimeout === undefined ? runtimeDefaults.cpuTimeout : checkMilliseconds(given.cpuTimeout, 'cpuTimeout'),
    bootstrap: checkBootstrap(given.bootstrap),
    snapshot: given.snapshot,
    console: checkConsole(given.console),
    codeGeneration: checkCodeGeneration(given.codeGeneration),
    maxTransferDepth: optionalInteger(
      given.maxTransferDepth,
      'maxTransferDepth',
      1,
      1000,
      runtimeDefaults.maxTransferDepth,
    ),
    maxTransferBytes: optionalInteger(
      given.maxTransferBytes,
      'maxTransferBytes',
      1,
      2 ** 31 - 1,
      runtimeDefaults.maxTransferBytes,
    ),
    ...has,
    maxHeldHandles: optionalInteger(
      given.maxHeldHandles,
      'maxHeldHandles',
      1,
      1_000_000,
      runtimeDefaults.maxHeldHandles,
    ),
    maxOpenHostCallBytes: optionalInteger(
      given.maxOpenHostCallBytes,
      'maxOpenHostCallBytes',
      1,
      Number.MAX_SAFE_INTEGER,
      Math.min(Math.max(maxHeapSize / 2, 8 * mebibyte), 64 * mebibyte),
    ),
    moveResults: given.moveResults !== undefined && checkBoolean(given.moveResults, 'moveResults'),
    syncCalls: checkSyncCalls(given.syncCalls),
    isolation: given.isolation === undefined ? undefined : checkOneOf(given.isolation, 'isolation', isolations),
    name: given.name === undefined ? `runtime-${++unnamed}` : checkName(given.name, 'name'),
  };
}

/** Also for builders of snapshots. */
export function checkMaxTimers(value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(value, 'maxTimers', 0, 1_000_000);
}

/** Also for builders of snapshots. */
export function checkStreams(value: unknown): boolean | undefined {
  return value === undefined ? undefined : checkBoolean(value, 'streams');
}

function checkBootstrap(value: unknown): { code: string; filename: string } | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { code: value, filename: '<bootstrap>' };
  if (typeof value !== 'object' || value === null) {
    throw invalidType('bootstrap', value, 'a string or an object { code, filename }');
  }
  const given = checkOptions(value, bootstrapNames, 'bootstrap');
  return {
    code: checkString(given.code, 'bootstrap.code'),
    filename: given.filename === undefined ? '<bootstrap>' : checkName(given.filename, 'bootstrap.filename'),
  };
}

function checkConsole(value: unknown): boolean | 'inherit' | ConsoleHandler {
  if (value === undefined) return false;
  if (typeof value === 'boolean' || value === 'inherit') return value;
  if (typeof value !== 'function') throw invalidType('console', value, "a boolean, 'inherit' or a function");
  return value as ConsoleHandler;
}

export function checkCodeGeneration(value: unknown): { strings: boolean; wasm: boolean } {
  const given = checkOptions(value, codeGenerationNames, 'codeGeneration');
  return {
    strings: given.strings === undefined || checkBoolean(given.strings, 'codeGeneration.strings'),
    wasm: given.wasm === undefined || checkBoolean(given.wasm, 'codeGeneration.wasm'),
  };
}

function checkSyncCalls(value: unknown): 'guarded' | 'inPlace' {
  if (value === undefined) return 'guarded';
  if (typeof value !== 'string') throw invalidType('syncCalls', value, "'guarded' or 'inPlace'");
  if (value !== 'guarded' && value !== 'inPlace') throw invalidRange('syncCalls', value, "'guarded' or 'inPlace'");
  return value;
}

function optionalInteger(value: unknown, option: string, min: number, max: number, fallback: number): number {
  return value === undefined ? fallback : checkInteger(value, option, min, max);
}
