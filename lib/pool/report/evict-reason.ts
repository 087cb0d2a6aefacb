/** Why a runtime left the pool. `'cell'`: the process it was in has ended, or is being replaced. */
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
  | 'cell'
  | 'closed';
