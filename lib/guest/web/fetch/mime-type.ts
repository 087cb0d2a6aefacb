/** MIME types as the web reads and writes them (https://mimesniff.spec.whatwg.org/#understanding-mime-types). */

export interface MimeType {
  readonly type: string;
  readonly subtype: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const quotable = /^[\t\x20-\x7e\x80-\xff]*$/;
const outerWhitespace = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const trailingWhitespace = /[\t\n\r ]+$/;

/** The quoted string that begins at `start`: what it says, and where it ends. */
function readQuoted(text: string, start: number): { value: string; end: number } {
  let value = '';
  let at = start + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  return { value, end: at + 1 };
}

function readParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    while (at < text.length && '\t\n\r '.includes(text[at] as string)) at++;
    const nameStart = at;
    while (at < text.length && text[at] !== ';' && text[at] !== '=') at++;
    const name = text.slice(nameStart, at).toLowerCase();
    if (text[at] !== '=') {
      at++;
      continue;
    }
    at++;
    let value: string;
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      value = quoted.value;
      at = quoted.end;
      while (at < text.length && text[at] !== ';') at++;
    } else {
      const start = at;
      while (at < text.length && text[at] !== ';') at++;
      value = text.slice(start, at).replace(trailingWhitespace, '');
      if (value === '') {
        at++;
        continue;
      }
    }
    at++;
    if (token.test(name) && quotable.test(value) && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** Undefined for a text that is no MIME type. */
export function parseMimeType(given: string): MimeType | undefined {
  const text = given.replace(outerWhitespace, '');
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const semicolon = text.indexOf(';', slash);
  const type = text.slice(0, slash);
  const subtype = text.slice(slash + 1, semicolon < 0 ? undefined : semicolon).replace(trailingWhitespace, '');
  if (!token.test(type) || !token.test(subtype)) return undefined;
  return {
    type: type.toLowerCase(),
    subtype: subtype.toLowerCase(),
    parameters: readParameters(semicolon < 0 ? '' : text.slice(semicolon + 1)),
  };
}

export const essenceOf = (mime: MimeType): string => `${mime.type}/${mime.subtype}`;

export function serializeMimeType(mime: MimeType): string {
  let text = essenceOf(mime);
  for (const [name, value] of mime.parameters) {
    text += `;${name}=${token.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;
  }
  return text;
}

/** Splits the value of a header at its commas, except in quoted strings. */
function splitValue(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '"') {
      at = readQuoted(value, at).end - 1;
    } else if (value[at] === ',') {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

/** The MIME type of a Content-Type header, which may be several that were combined (https://fetch.spec.whatwg.org/#concept-header-extract-mime-type). */
export function extractMimeType(header: string | null): MimeType | undefined {
  if (header === null) return undefined;
  let found: MimeType | undefined;
  let charset: string | undefined;
  for (const part of splitValue(header)) {
    const mime = parseMimeType(part);
    if (!mime || essenceOf(mime) === '*/*') continue;
    if (!found || essenceOf(mime) !== essenceOf(found)) {
      found = mime;
      charset = mime.parameters.get('charset');
    } else if (!mime.parameters.has('charset') && charset !== undefined) {
      found = { ...mime, parameters: new Map([...mime.parameters, ['charset', charset]]) };
    } else {
      found = mime;
    }
  }
  return found;
}
