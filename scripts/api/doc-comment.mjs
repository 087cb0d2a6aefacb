// What a doc comment says, as Markdown.
import ts from 'typescript';

/** @typedef {{ name: string, text: string }} Tag */

/** Description, parameters, result, errors and examples of a declaration. @param {ts.Node} node */
export function docsOf(node) {
  const { description, tags } = read(node);
  const lines = [description];
  const parameters = tags.filter(({ name }) => name === 'param').map(({ text }) => parameter(text));
  if (parameters.length > 0) lines.push(parameters.join('\n'));
  for (const { name, text } of tags) {
    if (name === 'returns') lines.push(`Returns ${unindented(text)}`);
    else if (name === 'throws') lines.push(`Throws ${thrown(unindented(text))}`);
    else if (name === 'example') lines.push(text);
    else if (name === 'since') lines.push(`Since ${text}.`);
    else if (name === 'deprecated') lines.push(`Deprecated: ${text}`);
  }
  return lines.filter(Boolean).join('\n\n');
}

/** @param {string} text */
const unindented = (text) => text.replace(/\n[ \t]+/g, '\n');

/** @param {string} text */
const oneLine = (text) => text.replace(/\s*\n\s*/g, ' ');

/** The first paragraph, in one line. @param {ts.Node} node */
export const summaryOf = (node) => oneLine(read(node).description.split('\n\n')[0] ?? '');

/** @param {ts.Node} node */
export const isInternal = (node) => read(node).tags.some(({ name }) => name === 'internal');

/** @param {ts.Node} node @returns {{ description: string, tags: Tag[] }} */
function read(node) {
  const block = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  const text = (block?.getText() ?? '')
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim();
  /** @type {Tag[]} */
  const parts = [{ name: '', text: '' }];
  for (const [i, part] of text.split(/(```.*?```|`[^`]+`)/s).entries()) {
    // A tag may also stand behind a sentence. An at sign in code is none.
    const [before = '', ...tags] = i % 2 === 1 ? [part] : part.split(/(?<!\S)@([a-z]+)\b/i);
    /** @type {Tag} */ (parts.at(-1)).text += before;
    for (let at = 0; at < tags.length; at += 2) parts.push({ name: tags[at] ?? '', text: tags[at + 1] ?? '' });
  }
  const [description, ...tags] = parts.map((part) => ({ name: part.name, text: linked(part.text.trim()) }));
  return { description: description?.text ?? '', tags };
}

/** @param {string} text */
const linked = (text) => text.replace(/\{@link\s+([^}]+?)\s*\}/g, '`$1`');

/** `name - what it is`. @param {string} text */
function parameter(text) {
  const [, name = '', about = ''] = /^(\S+)\s*(?:-\s*)?(.*)$/s.exec(text) ?? [];
  return `- \`${name}\`: ${oneLine(about)}`;
}

/** Types in braces, or links, and when. @param {string} text */
function thrown(text) {
  const plain = text.replace(/\{(\w+)\}/g, '`$1`');
  const [, types, when = ''] = /^(`\w+`(?:(?:,|,? or|,? and)\s+`\w+`)*)\s*(.*)$/s.exec(plain) ?? [];
  if (!types) return plain;
  if (when === '' || /^[.,;:]/.test(when)) return types + when;
  const goesOn = /^(?:if|with|as|when|because|for|naming|likewise|after|unless|or|and|that)\b|^\(/.test(when);
  return `${types}${goesOn ? '' : ':'} ${when}`;
}
