import type { AnyNode, Node } from 'acorn';

/** A pattern the platform does not accept. */
export interface ValidationRule {
  /** Stands in messages. */
  name: string;
  /** By ESTree node type; `report` adds a problem at the node, or at another one. */
  visit: Readonly<Record<string, (node: AnyNode, report: (message: string, at?: Node) => void) => void>>;
}

/** Names that `validation.rules` knows: what code may not contain. */
export const builtInRules = [
  'no-with',
  'no-debugger',
  'no-dynamic-import',
  'no-proto',
  'no-constructor-chain',
  'no-constant-loop',
  'no-eval',
  'no-wasm',
  'no-shared-memory',
  'unknown-names',
] as const;

/** Rules that come with the package. */
export type BuiltInRule = (typeof builtInRules)[number];
