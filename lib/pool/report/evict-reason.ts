/** Why a runtime left the pool. */
export type EvictReason =
  | 'idle'
  | 'capacity'
  | 'age'
  | 'invocations'
  | 'timeout'
  | 'heapLimit'
  | 'terminated'
  | 'aborted'
  | 'evicted'
  | 'restarted'
  | 'replaced'
  | 'undeployed'
  | 'closed';
