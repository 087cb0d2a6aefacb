import type { ErrorRecord } from './error-record.ts';

/** What the engine reports of a runtime by itself. */
export type NativeEvent =
  /** `callId`: whose code it was, 0 if unknown. */
  | {
      type: 'console';
      callId: number;
      level: ConsoleLevel;
      method: ConsoleMethod;
      groupDepth: number;
      stack: string;
      args: unknown[];
    }
  | { type: 'consoleDropped'; lines: number }
  | { type: 'unhandledRejection'; callId: number; error: ErrorRecord }
  /** The call is answered next, and some of it is left: timers, open host calls, imports; or lines on their way. */
  | { type: 'callHeld'; callId: number }
  /** Nothing is left of a call that was held. */
  | { type: 'callForgotten'; callId: number }
  /** `cell`: because the process that it was in is gone. */
  | { type: 'terminated'; reason: string; cell?: ErrorRecord }
  | { type: 'fatal'; message: string };

/** How urgent a line of a guest's console is. */
export type ConsoleLevel = 'debug' | 'log' | 'info' | 'warn' | 'error' | 'trace';

/** The methods of a guest's console that write lines. */
export type ConsoleMethod =
  | ConsoleLevel
  | 'assert'
  | 'count'
  | 'countReset'
  | 'dir'
  | 'dirxml'
  | 'group'
  | 'groupCollapsed'
  | 'table'
  | 'time'
  | 'timeEnd'
  | 'timeLog';
