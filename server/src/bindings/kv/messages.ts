// What the server and the thread of the store say to one another.
import type { KvErrorCode } from './kv-error.ts';
import type { KvCondition, KvList, KvPut, KvQuota } from './kv-store.ts';

export type KvWork =
  | { readonly kind: 'get'; readonly tenant: string; readonly key: string }
  | { readonly kind: 'put'; readonly tenant: string; readonly put: KvPut; readonly quota: KvQuota }
  | { readonly kind: 'delete'; readonly tenant: string; readonly key: string; readonly condition: KvCondition }
  | { readonly kind: 'list'; readonly tenant: string; readonly list: KvList }
  | { readonly kind: 'use'; readonly tenant: string }
  | { readonly kind: 'drop'; readonly tenant: string }
  | { readonly kind: 'copy'; readonly file: string }
  | { readonly kind: 'close' };

export interface KvRequest {
  readonly id: number;
  readonly work: KvWork;
}

export interface KvFailure {
  readonly code: KvErrorCode;
  readonly message: string;
  readonly quota?: string;
  readonly limit?: number;
}

export type KvReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: KvFailure };
