import type { Node } from 'acorn';
import type { ValidationIssue } from '../../errors/index.ts';

/** The source is parsed in parentheses, so the first line has one column too many. */
export function position(line: number, column: number): { line: number; column: number } {
  return { line, column: line === 1 ? Math.max(1, column) : column + 1 };
}

export function issueAt(node: Node, message: string): ValidationIssue {
  const start = node.loc?.start;
  return { message, path: ['code'], ...(start && position(start.line, start.column)) };
}

export function byPosition(a: ValidationIssue, b: ValidationIssue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
