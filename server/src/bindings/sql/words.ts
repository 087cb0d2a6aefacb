// SQL text as words, as SQLite reads it: which kind each is and, for names, what it names. Nothing here decides.

export interface Word {
  /** `name`: a bare word; `quoted`: a name in quotes, backticks or brackets; `text`: a string in single quotes. */
  readonly kind: 'name' | 'quoted' | 'text' | 'variable' | 'number' | 'sign' | 'unclosed';
  /** In lower case, without quotes. */
  readonly text: string;
}

const spaces = new Set([' ', '\t', '\n', '\f', '\r', '\uFEFF']);
const startsName = /[A-Za-z_\u0080-\u{10FFFF}]/u;
const inName = /[A-Za-z0-9_$\u0080-\u{10FFFF}]*/uy;
const inVariable = /[?:@$#][A-Za-z0-9_$\u0080-\u{10FFFF}:]*/uy;
const number = /\.?\d[0-9A-Za-z_.]*/y;
const closes: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

export function* wordsOf(sql: string): Generator<Word> {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0] ?? '';
    at += found.length;
    return found;
  };
  while (at < sql.length) {
    const sign = sql[at] as string;
    if (spaces.has(sign)) at++;
    else if (sql.startsWith('--', at)) at = after(sql, '\n', at + 2);
    else if (sql.startsWith('/*', at)) at = after(sql, '*/', at + 2);
    else if (closes[sign] !== undefined) {
      const end = endOfQuoted(sql, at, closes[sign]);
      const text = sql.slice(at + 1, end - 1).toLowerCase();
      const closed = end <= sql.length;
      yield { kind: closed ? (sign === "'" ? 'text' : 'quoted') : 'unclosed', text };
      at = end;
    } else if (startsName.test(sign)) yield { kind: 'name', text: take(inName).toLowerCase() };
    else if ('?:@$#'.includes(sign)) yield { kind: 'variable', text: take(inVariable) };
    else if (/\d/.test(sign) || (sign === '.' && /\d/.test(sql[at + 1] ?? '')))
      yield { kind: 'number', text: take(number) };
    else {
      yield { kind: 'sign', text: sign };
      at++;
    }
  }
}

function after(sql: string, end: string, from: number): number {
  const found = sql.indexOf(end, from);
  return found < 0 ? sql.length : found + end.length;
}

/** A quote that stands twice is one of the text; a bracket can't be part of it. Beyond the end: it is not closed. */
function endOfQuoted(sql: string, from: number, close: string): number {
  for (let at = from + 1; ; at += 2) {
    at = sql.indexOf(close, at);
    if (at < 0) return sql.length + 1;
    if (close === ']' || sql[at + 1] !== close) return at + 1;
  }
}
