import { lineStarts, locate } from '../lines.ts';
import type { ValidationIssue } from './issue.ts';

/** Most issues that a deployment's error lists; the last one says how many more there are. */
export const maxIssues = 100;

/** An issue at an offset of the code, whose line is looked up only if it is listed. */
export interface Finding {
  readonly message: string;
  readonly offset: number;
}

/** A finding with its place, and whatever else it says. */
export type Listed<F extends Finding> = Omit<F, 'offset'> & Place;

interface Place {
  readonly path: readonly ['code'];
  readonly line: number;
  readonly column: number;
}

/** The first findings as issues, in the order of the text. */
export function listFindings<F extends Finding>(code: string, findings: readonly F[]): Listed<F>[] {
  if (findings.length === 0) return [];
  const starts = lineStarts(code);
  const sorted = [...findings].sort((a, b) => a.offset - b.offset);
  return sorted.slice(0, maxIssues).map(({ offset, ...rest }) => {
    const { line, column } = locate(starts, offset);
    return { ...rest, path: ['code'], line, column: column + 1 } as const;
  });
}

export function byPosition(a: ValidationIssue, b: ValidationIssue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
