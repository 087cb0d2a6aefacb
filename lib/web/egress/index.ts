export type { EgressOptions, EgressRecord, EgressRule } from '../../options/egress.ts';
export type { EgressUse } from './book.ts';
export { egress } from './egress.ts';
