// What a command prints: one JSON document or line for programs, words and tables for people.

export interface Output {
  readonly json: boolean;
  /** The answer of the command. People get what `asText` makes of it. */
  answer(value: unknown, asText: (value: never) => string): void;
  /** One of many, as it comes. */
  line(value: unknown, text: string): void;
  /** What is not the answer: on stderr, and for people only. */
  note(text: string): void;
}

export function makeOutput(json: boolean, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  return {
    json,
    answer(value, asText) {
      const text = json ? JSON.stringify(value, null, 2) : asText(value as never);
      if (text !== '') stdout.write(`${text}\n`);
    },
    line(value, text) {
      stdout.write(`${json ? JSON.stringify(value) : text}\n`);
    },
    note(text) {
      if (!json) stderr.write(`${text}\n`);
    },
  };
}

/** Columns as wide as what is in them. What a terminal would take for a command is shown as a space. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return '';
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const printable = (value: unknown): string =>
  value === null || value === undefined ? '-' : String(value).replace(/\p{Cc}/gu, ' ');
