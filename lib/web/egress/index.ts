export type { EgressUse } from './book.ts';
export { egress } from './egress.ts';
export type { EgressOptions, EgressRecord } from './options.ts';
export type { EgressRule } from './rules.ts';
