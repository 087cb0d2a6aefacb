import type { InvocationReport } from 'isolet';

/** The header `server-timing`: what the invocation waited, computed and asked of the platform. Times in ms. */
export function serverTiming({ queueMs, coldStart, cpuMs, durationMs, hostCalls }: InvocationReport): string {
  const cold = coldStart ? `cold;dur=${queueMs}, ` : '';
  const queue = coldStart ? 0 : queueMs;
  return `queue;dur=${queue}, ${cold}run;dur=${durationMs}, cpu;dur=${cpuMs}, host;desc="${hostCalls} calls"`;
}
