import type { FunctionRef, PoolEvents } from '../pool/events.ts';

/** Events of the pool, and what happens to deployments. */
export interface ServerlessEvents extends PoolEvents {
  /** A version was deployed and is active now. */
  deploy: [FunctionRef & { previous: string | undefined }];
  /** An earlier version was made active again. */
  rollback: [FunctionRef & { previous: string }];
  undeploy: [Omit<FunctionRef, 'version'>];
  rateLimited: [FunctionRef & { retryAfter: number }];
}
