import type { AnyNode } from 'acorn';
import { maxTreeDepth, maxTreeNodes } from '../../shared/check/protocol.ts';

/** Nodes in one piece: the host takes the pieces one by one and lets its event loop turn in between. */
const nodesPerPiece = 1000;

/**
 * A syntax tree as pieces of JSON, or why it can't be one. Each piece is an array of nodes; a node comes after its
 * children, which are `{ $: index }` in it. Values that JSON does not have are `null`.
 */
export function flattenTree(root: AnyNode): readonly string[] | string {
  const pieces: string[] = [];
  let piece: object[] = [];
  let count = 0;
  let problem: string | undefined;

  const flattenValue = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.map((item) => flattenValue(item, depth));
    if (typeof value === 'bigint' || value instanceof RegExp) return null;
    if (typeof value !== 'object' || value === null || !('type' in value)) return value;
    return { $: flatten(value as AnyNode, depth + 1) };
  };
  const flatten = (node: AnyNode, depth: number): number => {
    if (depth > maxTreeDepth) problem ??= `its syntax tree has more than ${maxTreeDepth} levels`;
    if (count >= maxTreeNodes) problem ??= `its syntax tree has more than ${maxTreeNodes} nodes`;
    if (problem !== undefined) return 0;
    const copy: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) copy[key] = flattenValue(value, depth);
    piece.push(copy);
    if (piece.length === nodesPerPiece) {
      pieces.push(JSON.stringify(piece));
      piece = [];
    }
    return count++;
  };
  flatten(root, 1);
  pieces.push(JSON.stringify(piece));
  return problem ?? pieces;
}
