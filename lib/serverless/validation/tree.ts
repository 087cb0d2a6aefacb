import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AnyNode, SourceLocation } from 'acorn';
import { lineStarts, locate } from '../../shared/lines.ts';

/** What a node of the checker's tree has beside its own properties. */
interface Plain {
  type: string;
  start: number;
  end: number;
  [property: string]: unknown;
}

/** Gives nodes their `loc`, which is worked out when somebody asks. */
function locations(code: string): object {
  let starts: number[] | undefined;
  return {
    get loc(): SourceLocation {
      starts ??= lineStarts(code);
      const { start, end } = this as unknown as Plain;
      return { start: locate(starts, start), end: locate(starts, end) };
    },
  };
}

/** Literals whose value is not in JSON. Regular expressions and large numbers are made when somebody asks. */
function restoreLiteral(node: Plain): void {
  const { regex, bigint } = node as { regex?: { pattern: string; flags: string }; bigint?: string };
  if (node['value'] !== null || node['raw'] === 'null') return;
  const get = () => {
    if (typeof bigint === 'string') return BigInt(bigint);
    if (!regex) return Number.POSITIVE_INFINITY;
    try {
      return new RegExp(regex.pattern, regex.flags);
    } catch {
      // As acorn has it for one that this V8 does not know.
      return null;
    }
  };
  Object.defineProperty(node, 'value', { get, enumerable: true, configurable: true });
}

/**
 * The syntax tree that the checker's guest took apart (lib/guest/check/flatten.ts), put together piece by piece, with
 * turns of the event loop in between.
 */
export async function growTree(pieces: readonly string[], code: string): Promise<AnyNode> {
  const nodes: Plain[] = [];
  const prototype = locations(code);
  const child = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(child);
    return typeof value === 'object' && value !== null && '$' in value ? nodes[value.$ as number] : value;
  };
  for (const piece of pieces) {
    for (const node of JSON.parse(piece) as Plain[]) {
      for (const [key, value] of Object.entries(node)) if (typeof value === 'object') node[key] = child(value);
      if (node.type === 'Literal') restoreLiteral(node);
      nodes.push(Object.setPrototypeOf(node, prototype));
    }
    await nextTurn();
  }
  return nodes.at(-1) as unknown as AnyNode;
}
