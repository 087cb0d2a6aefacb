/** A shorter value would be found by chance in ordinary text. */
export const shortestSecret = 4;
/** Of a value with several lines each line is a secret too, if it has as many characters. */
const shortestLine = 6;
/** All forms together, in characters; what a tenant's strange values would take beyond it is left out. */
const mostForms = 262_144;

/** What is looked for: the values of secrets, the lines of those with several, and how each is written in other texts. */
export function formsOf(secrets: readonly string[]): string[] {
  const pieces = new Set(secrets.flatMap(piecesOf));
  const forms = new Set(pieces);
  let left = mostForms;
  for (const write of writers) {
    for (const piece of pieces) {
      for (const form of write(piece)) {
        if (forms.has(form) || form.length < shortestSecret) continue;
        left -= form.length;
        if (left < 0) return [...forms];
        forms.add(form);
      }
    }
  }
  return [...forms];
}

function piecesOf(value: string): string[] {
  const whole = value.trim();
  if (whole.length < shortestSecret) return [];
  const lines = whole.split(/[\r\n\u2028\u2029]+/).map((line) => line.trim());
  return [whole, ...lines.filter((line) => line.length >= shortestLine)];
}

const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
const lowerHex = (text: string): string => text.replace(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase());
const asUrl = (text: string): string[] => [text, lowerHex(text)];
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const ascii = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The likeliest first. */
const writers: readonly ((text: string) => string[])[] = [
  (text) => [quoted(text), ascii(quoted(text))],
  // Between other quotes.
  (text) => [quoted(text).replaceAll('\\"', '"'), quoted(text).replaceAll('\\"', '"').replaceAll("'", "\\'")],
  (text) => asUrl(encodeURIComponent(wellFormed(text))),
  (text) => asUrl(new URLSearchParams([['', text]]).toString().slice(1)),
  (text) => asUrl(encodeURI(wellFormed(text))),
  partsOfUrl,
  // JSON inside JSON.
  (text) => [quoted(quoted(text))],
  // The source of a regular expression.
  (text) => [text.replaceAll('/', '\\/'), text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')],
  (text) => [text.replace(/[&<>"']/g, (unit) => entities[unit] as string)],
  base64,
];

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** Each part of a URL has characters of its own that need no escape. */
function partsOfUrl(text: string): string[] {
  const url = new URL('http://host');
  url.username = text;
  url.search = text;
  return [url.username, url.search.slice(1)].flatMap(asUrl);
}

/** Base64 writes three bytes at a time: what stands before a value decides which of three texts it becomes. */
function base64(text: string): string[] {
  if (text.length < 8) return [];
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    // Without the characters that hold bits of what is around.
    const form = bytes
      .toString('base64')
      .replace(/=+$/, '')
      .slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    forms.push(form, form.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}
