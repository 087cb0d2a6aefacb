/** Words of TypeScript that stand before another word. */
const modifier =
  /\b(?:abstract|declare|interface|module|namespace|type|private|protected|public|readonly|override|is|keyof|implements|import\s+type)\s+$/;
/** What TypeScript has where JavaScript ends. */
const typeScript = [
  /^enum\s+[\w$]+\s*\{/,
  /^(?:as|satisfies)\s+[\w$"'{[(]/,
  // Types: of a parameter, a variable, an optional one, what a function answers.
  /^\?\s*[:,)=]/,
  /^!\s*[.;:,)\]\n[(]/,
  // Type parameters and arguments.
  /^<\s*[\w$]+(?:\s+extends\b|\s*,|[^<{}]*>\s*\()/,
  /^=\s*(?:require\b|[\w$.]+\s*;?\s*$)/,
];
const beforeType = /[\w$)\]}?]\s*$/;
const type = /^:\s*[\w$"'{[(]/;

const jsx = /^<(?:>|\s*[A-Za-z][\w.:-]*(?:\s|\/?>))/;

/**
 * What to do about text that is no JavaScript from here on, since another language is written like this there. Empty if
 * it looks like none.
 */
export function adviceAt(code: string, offset: number): string {
  const before = code.slice(Math.max(0, offset - 100), offset);
  const rest = code.slice(offset, offset + 1000);
  if (/^@[\w$(]/.test(rest)) return '; decorators have to be compiled first';
  if (offset > 0 && jsx.test(rest) && (code.includes('</', offset) || code.includes('/>', offset))) {
    return '; the code has to be JavaScript: compile JSX first';
  }
  const isType = beforeType.test(before) && type.test(rest);
  return isType || modifier.test(before) || typeScript.some((pattern) => pattern.test(rest))
    ? '; the code has to be JavaScript: compile TypeScript first'
    : '';
}
