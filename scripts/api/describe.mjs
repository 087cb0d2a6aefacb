// One exported name as a section of Markdown.
import ts from 'typescript';

/** @param {ts.Symbol} symbol @param {string} name what it is exported as @returns {string} */
export function describe(symbol, name) {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) throw new Error(`${symbol.name} is declared nowhere`);
  const heading = `## ${kindOf(declaration)}\`${name}\``;
  if (ts.isClassDeclaration(declaration)) {
    return [heading, `\`\`\`ts\n${headOf(declaration)}\n\`\`\``, docsOf(declaration), ...members(declaration)]
      .filter(Boolean)
      .join('\n\n');
  }
  if (ts.isInterfaceDeclaration(declaration)) {
    return [heading, `\`\`\`ts\n${headOf(declaration)}\n\`\`\``, docsOf(declaration), ...members(declaration)]
      .filter(Boolean)
      .join('\n\n');
  }
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const signature = signatureOf(declaration).replace(`function ${symbol.name}`, `function ${name}`);
  return [heading, `\`\`\`ts\n${signature}\n\`\`\``, docsOf(statement)].filter(Boolean).join('\n\n');
}

/** @param {ts.Declaration} declaration */
function kindOf(declaration) {
  if (ts.isClassDeclaration(declaration)) return 'class ';
  if (ts.isInterfaceDeclaration(declaration)) return 'interface ';
  if (ts.isTypeAliasDeclaration(declaration)) return 'type ';
  return '';
}

/** `class A<T> extends B`. @param {ts.ClassDeclaration | ts.InterfaceDeclaration} declaration */
function headOf(declaration) {
  const text = declaration.getText();
  const from = declaration.modifiers?.end ?? declaration.getStart();
  const end = declaration.members.pos - declaration.getStart();
  return text
    .slice(from - declaration.getStart(), end)
    .replace(/\s*\{\s*$/, '')
    .trim();
}

/** @param {ts.ClassDeclaration | ts.InterfaceDeclaration} declaration */
function members(declaration) {
  return declaration.members.filter(isPublic).map((member) => {
    const docs = docsOf(member);
    return `### \`${titleOf(member, declaration.name?.text ?? '')}\`\n\n\`\`\`ts\n${signatureOf(member)}\n\`\`\`${docs && `\n\n${docs}`}`;
  });
}

/** @param {ts.ClassElement | ts.TypeElement} member */
function isPublic(member) {
  if (member.name && ts.isPrivateIdentifier(member.name)) return false;
  if (ts.isClassStaticBlockDeclaration(member)) return false;
  // For console.log, not for callers.
  if (member.name?.getText() === '[inspect.custom]') return false;
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return false;
  return !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
}

/** @param {ts.ClassElement | ts.TypeElement} member @param {string} owner */
function titleOf(member, owner) {
  if (ts.isConstructorDeclaration(member)) return `new ${owner}()`;
  const name = member.name?.getText() ?? `${owner}()`;
  const callable = ts.isMethodDeclaration(member) || ts.isMethodSignature(member);
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  const isStatic = modifiers.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
  const path = name.startsWith('[') ? name : `${isStatic ? `${owner}.` : ''}${name}`;
  return callable ? `${path}()` : path;
}

/** The declaration without its body, its value and the words that say nothing to a caller. @param {ts.Node} node */
function signatureOf(node) {
  const body = /** @type {{ body?: ts.Node }} */ (node).body;
  const start = node.getStart();
  let text = node.getText();
  if (body) text = text.slice(0, body.getStart() - start);
  else if (ts.isVariableDeclaration(node) && node.initializer)
    text = `const ${text.slice(0, node.initializer.getStart() - start).replace(/=\s*$/, '')}`;
  return text
    .replace(/^(?:export |declare |async |public |override )+/, '')
    .replace(/^(static )?(?:async |override )+/, '$1')
    .replace(/[;,{]?\s*$/, ts.isTypeAliasDeclaration(node) ? ';' : '')
    .trim();
}

/** Description, parameters, result, errors and examples. @param {ts.Node} node */
function docsOf(node) {
  const blocks = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const [block] = blocks.slice(-1);
  if (!block) return '';
  const lines = [textOf(block.comment)];
  const tags = [...(block.tags ?? [])];
  const parameters = tags.filter(ts.isJSDocParameterTag);
  if (parameters.length > 0) {
    lines.push(
      parameters.map((tag) => `- \`${tag.name.getText()}\`: ${textOf(tag.comment).replace(/^- /, '')}`).join('\n'),
    );
  }
  for (const tag of tags) {
    const text = textOf(tag.comment);
    if (ts.isJSDocReturnTag(tag)) lines.push(`Returns ${text}`);
    else if (tag.tagName.text === 'throws') lines.push(`Throws ${thrown(tag)}`);
    else if (tag.tagName.text === 'example') lines.push(text);
    else if (tag.tagName.text === 'since') lines.push(`Since ${text}.`);
    else if (tag.tagName.text === 'deprecated') lines.push(`Deprecated: ${text}`);
  }
  return lines.filter(Boolean).join('\n\n');
}

/** The type before the text is not part of TypeScript's comment text when it stands in braces. @param {ts.JSDocTag} tag */
function thrown(tag) {
  const type = ts.isJSDocThrowsTag(tag) ? tag.typeExpression?.type.getText() : undefined;
  return [type && `\`${type}\``, textOf(tag.comment)].filter(Boolean).join(' ');
}

/** @param {string | ts.NodeArray<ts.JSDocComment> | undefined} comment */
function textOf(comment) {
  const text = ts.getTextOfJSDocComment(comment) ?? '';
  return text.replace(/\{@link\s+([^}]+?)\s*\}/g, '`$1`').trim();
}
