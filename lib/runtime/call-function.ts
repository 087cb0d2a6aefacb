import type { NativeAddon } from '../native.ts';

/**
 * Calls guest function `functionId` by `call` or `callAsync` of the addon. Few arguments one by one: V8 makes no direct
 * call of a spread.
 */
export function callFunction(
  call: NativeAddon['call' | 'callAsync'],
  serial: number,
  callId: number,
  functionId: number,
  timeout: number,
  cpuTimeout: number,
  args: unknown[],
): unknown {
  switch (args.length) {
    case 0:
      return call(serial, callId, functionId, timeout, cpuTimeout);
    case 1:
      return call(serial, callId, functionId, timeout, cpuTimeout, args[0]);
    case 2:
      return call(serial, callId, functionId, timeout, cpuTimeout, args[0], args[1]);
    default:
      return call(serial, callId, functionId, timeout, cpuTimeout, ...args);
  }
}
