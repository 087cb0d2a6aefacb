/** Names that a CommonJS module has beside the globals. */
export const commonJsNames: readonly string[] = ['exports', 'require', 'module'];

const lineEnd = /[\n\r\u2028\u2029]/g;
const directive = /(["'])use [a-z ]{1,40}\1/y;
/** What may follow a directive in the next line without being part of one expression with it. */
const statement = /(?!in(?:stanceof)?\b|!=)[\p{ID_Start}$_\\{!~@"'\d]/uy;

function endOfLine(code: string, from: number): number {
  lineEnd.lastIndex = from;
  return lineEnd.exec(code)?.index ?? code.length;
}

/** White space and line ends; those beyond ASCII are asked of the language. */
const isSpace = (char: number): boolean =>
  char === 32 || (char >= 9 && char <= 13) || (char > 127 && /\s/.test(String.fromCharCode(char)));

const isLineEnd = (char: number): boolean => char === 10 || char === 13 || char === 0x2028 || char === 0x2029;

/** Skips white space and comments. One step at a time: a regular expression would need a stack as deep as the text. */
function skipBlank(code: string, from: number, semicolons: boolean): number {
  // Whether the line has had nothing yet but white space and comments: there `-->` begins a comment, as in HTML.
  let isNewLine = from === 0;
  for (let at = from; ; ) {
    const char = code.charCodeAt(at);
    if (char === 59 ? semicolons : isSpace(char)) {
      isNewLine = char !== 59 && (isNewLine || isLineEnd(char));
      at++;
    } else if (code.startsWith('/*', at)) {
      const end = code.indexOf('*/', at + 2);
      if (end < 0) return at;
      isNewLine ||= endOfLine(code, at) < end;
      at = end + 2;
    } else if (code.startsWith('//', at) || code.startsWith('<!--', at) || (isNewLine && code.startsWith('-->', at))) {
      at = endOfLine(code, at);
    } else return at;
  }
}

function skipDirective(code: string, from: number): number {
  directive.lastIndex = from;
  if (!directive.test(code)) return from;
  const end = directive.lastIndex;
  const next = skipBlank(code, end, false);
  if (code[next] === ';') return next;
  statement.lastIndex = next;
  return statement.test(code) && endOfLine(code, end) < next ? next : from;
}

/** A text without the mark that a file may begin with: it is about bytes. */
export const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** Where the code begins behind a `#!` line, comments, semicolons and directives. */
export function headEnd(code: string): number {
  let end = skipBlank(code, code.startsWith('#!') ? endOfLine(code, 0) : 0, true);
  for (let before = -1; end !== before; ) {
    before = end;
    end = skipBlank(code, skipDirective(code, end), true);
  }
  return end;
}

/** Not the beginning of a longer name. */
const keyword = /(?:var|const|export)(?![\p{ID_Continue}$\\\u200c\u200d])/uy;

/** Whether the code begins with what can't be the beginning of an expression. */
export function beginsStatement(code: string): boolean {
  keyword.lastIndex = headEnd(code);
  return keyword.test(code);
}

/** Whether there are only white space, comments and semicolons from here on. */
export const isBlankFrom = (code: string, from: number): boolean => skipBlank(code, from, true) === code.length;
