/** Whether a line ends with the character at an offset. */
function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || code === 0x2028 || code === 0x2029 || (code === 13 && text.charCodeAt(at + 1) !== 10);
}

/** Offsets at which the lines of a text begin, with the line ends of the language. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    if (isLineEnd(text, i)) starts.push(i + 1);
  }
  return starts;
}

/** Line, counted from 1, and column, counted from 0, of an offset. */
export function locate(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] as number) };
}

/** The offset of a line, counted from 1, and a column, counted from 0, as far as the text goes. */
export function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let left = line - 1; left > 0 && start < text.length; start++) if (isLineEnd(text, start)) left--;
  return Math.min(start + column, text.length);
}
