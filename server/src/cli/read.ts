// Texts of the command line as the values that commands take.
import { CommandError, exitCodes } from './exit-codes.ts';

const misuse = (message: string) => new CommandError(exitCodes.misuse, message);

/** @throws {CommandError} */
export const wholeNumber =
  (option: string, min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw misuse(`${option} takes a whole number from ${min} to ${max}, not '${text}'`);
  };

/** `500ms`, `30s`, `5m`, `12h`, `7d`: ms. @throws {CommandError} */
export const duration =
  (option: string) =>
  (text: string): number => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
    const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    const factor = factors[unit ?? ''];
    if (factor !== undefined) return Number(amount) * factor;
    throw misuse(`${option} takes a time as 500ms, 30s, 5m, 12h or 7d, not '${text}'`);
  };

/** @throws {CommandError} */
export function jsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw misuse(`${what} is no JSON: ${(error as Error).message}`);
  }
}

/** JSON if it is some, else the text itself. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What stands in a file, on stdin (`-`), or nowhere. */
export async function readInput(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  try {
    return file === '-' ? await readStdin() : await readFile(file, 'utf8');
  } catch (error) {
    throw misuse(`${file} can't be read: ${(error as Error).message}`);
  }
}

export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
