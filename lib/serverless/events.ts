import type { FunctionRef } from '../pool/function/resolved-function.ts';
import type { PoolEvents } from '../pool/report/events.ts';

/** Events of the pool, and what happens to deployments. */
export interface ServerlessEvents extends PoolEvents {
  /** A version was deployed and is active now. */
  deploy: [FunctionRef & { previous: string | undefined }];
  /** An earlier version was made active again. */
  rollback: [FunctionRef & { previous: string }];
  /** The function gets new runtimes. */
  restart: [Omit<FunctionRef, 'version'>];
  /** The function was taken away; what runs may still finish. */
  undeploy: [Omit<FunctionRef, 'version'>];
  /** An invocation was refused by its tenant's rate; there is room again in `retryAfter` ms. */
  rateLimited: [FunctionRef & { retryAfter: number }];
}

/** Events of the pool with the report of something that is paid for. */
export const meteredEvents = ['invoke', 'load', 'dryRun', 'handedOut', 'late'] as const;

/** Events of the pool that are events of the serverless layer too. */
export const forwardedEvents = [
  'coldStart',
  'ready',
  'reuse',
  'evict',
  'invoke',
  'load',
  'dryRun',
  'handedOut',
  'late',
  'timeout',
  'heapLimit',
  'fatal',
  'lost',
  'cellStart',
  'cellExit',
  'refused',
  'log',
] as const;
