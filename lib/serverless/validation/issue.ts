import type { ValidationIssue } from '../../errors/index.ts';
import { lineStarts, locate } from '../../pool/lines.ts';

/** Most issues that a deployment's error lists; the last one says how many more there are. */
export const maxIssues = 100;

/** An issue at an offset of the parsed text, whose line is looked up only if it is listed. */
export interface Finding {
  readonly message: string;
  readonly offset: number;
}

/** The source is parsed behind one character, so the first line has one column too many. */
export function position(line: number, column: number): { line: number; column: number } {
  return { line, column: line === 1 ? Math.max(1, column) : column + 1 };
}

/** The first findings as issues, in the order of the text. */
export function listFindings(text: string, findings: readonly Finding[]): ValidationIssue[] {
  if (findings.length === 0) return [];
  const starts = lineStarts(text);
  const sorted = [...findings].sort((a, b) => a.offset - b.offset);
  return sorted.slice(0, maxIssues).map(({ message, offset }) => {
    const { line, column } = locate(starts, offset);
    return { message, path: ['code'], ...position(line, column) };
  });
}

export function byPosition(a: ValidationIssue, b: ValidationIssue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
