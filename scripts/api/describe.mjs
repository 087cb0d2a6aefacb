// One exported name as a section of Markdown.
import ts from 'typescript';
import { docsOf, isInternal, summaryOf } from './doc-comment.mjs';

/** @typedef {ts.ClassDeclaration | ts.InterfaceDeclaration} Holder something with members */
/** @typedef {ts.ClassElement | ts.TypeElement} Member */

/**
 * @param {ts.Symbol} symbol
 * @param {string} name what it is exported as
 * @param {ts.TypeChecker} checker
 * @returns {string}
 */
export function describe(symbol, name, checker) {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) throw new Error(`${symbol.name} is declared nowhere`);
  const heading = `## ${kindOf(declaration)}\`${name}\``;
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    const part = partOf(declaration, checker);
    return section(
      heading,
      [
        part
          ? headOf(declaration).replace(/ extends [^{]*?(?= implements |$)/, ` ${extendsOf(part)}`)
          : headOf(declaration),
      ],
      [
        docsOf(declaration),
        ...members(declaration),
        ...(part ? members(part) : []),
        ...inherited(symbol, declaration, part, checker),
      ],
    );
  }
  const declared = withoutImplementation((symbol.declarations ?? []).filter((d) => d.kind === declaration.kind));
  const signatures = declared.map((d) => signatureOf(d).replace(`function ${symbol.name}`, `function ${name}`));
  const texts = declared.map((d) => docsOf(ts.isVariableDeclaration(d) ? d.parent.parent : d));
  return section(heading, signatures, texts);
}

/** @param {string} heading @param {string[]} signatures @param {string[]} texts */
const section = (heading, signatures, texts) =>
  [heading, `\`\`\`typescript\n${signatures.join('\n')}\n\`\`\``, ...texts].filter(Boolean).join('\n\n');

/** @param {ts.Declaration} declaration */
function kindOf(declaration) {
  if (ts.isClassDeclaration(declaration)) return 'class ';
  if (ts.isInterfaceDeclaration(declaration)) return 'interface ';
  if (ts.isTypeAliasDeclaration(declaration)) return 'type ';
  return '';
}

/** `class A<T> extends B`. @param {Holder} declaration */
function headOf(declaration) {
  const text = declaration.getText();
  const from = declaration.modifiers?.end ?? declaration.getStart();
  const end = declaration.members.pos - declaration.getStart();
  return text
    .slice(from - declaration.getStart(), end)
    .replace(/\s*\{\s*$/, '')
    .trim();
}

/**
 * The class that another one extends and nobody else can make, by its internal constructor: a part in a file of its own.
 *
 * @param {Holder} declaration @param {ts.TypeChecker} checker @returns {ts.ClassDeclaration | undefined}
 */
function partOf(declaration, checker) {
  const [base] = declaration.heritageClauses?.find(isExtends)?.types ?? [];
  const found = base && checker.getTypeAtLocation(base).getSymbol()?.declarations?.find(ts.isClassDeclaration);
  const isPart = found?.members.some((member) => ts.isConstructorDeclaration(member) && isInternal(member));
  return isPart ? found : undefined;
}

/** @param {ts.HeritageClause} clause */
const isExtends = (clause) => clause.token === ts.SyntaxKind.ExtendsKeyword;

/** @param {Holder} declaration */
const extendsOf = (declaration) => declaration.heritageClauses?.find(isExtends)?.getText() ?? '';

/** A method with several signatures is one section. @param {Holder} declaration */
function members(declaration) {
  const owner = declaration.name?.text ?? '';
  /** @type {Map<string, Member[]>} */
  const byTitle = new Map();
  for (const member of declaration.members.filter(isPublic)) {
    const title = titleOf(member, owner);
    byTitle.set(title, [...(byTitle.get(title) ?? []), member]);
  }
  return [...byTitle].map(([title, all]) => {
    const declared = withoutImplementation(all);
    return section(`### \`${title}\``, declared.map(signatureOf), declared.map(docsOf));
  });
}

/**
 * With overloads, what has a body is not for callers.
 *
 * @template {ts.Node} T @param {T[]} declared
 */
function withoutImplementation(declared) {
  return declared.length > 1 ? declared.filter((node) => !(/** @type {{ body?: ts.Node }} */ (node).body)) : declared;
}

/**
 * What a type has from others of this package.
 *
 * @param {ts.Symbol} symbol @param {Holder} declaration @param {Holder | undefined} part @param {ts.TypeChecker} checker
 */
function inherited(symbol, declaration, part, checker) {
  /** @type {Map<string, string[]>} */
  const byOwner = new Map();
  for (const property of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
    const member = /** @type {Member | undefined} */ (property.valueDeclaration ?? property.declarations?.[0]);
    const owner = member?.parent;
    if (!member || !owner || !(ts.isClassDeclaration(owner) || ts.isInterfaceDeclaration(owner))) continue;
    if (owner === part || owner.name?.text === declaration.name?.text || !isOurs(owner) || !isPublic(member)) continue;
    const about = summaryOf(member);
    const line = `- \`${signatureOf(member).replace(/\s+/g, ' ')}\`${about && `: ${about}`}`;
    const from = owner.name?.text ?? '';
    byOwner.set(from, [...(byOwner.get(from) ?? []), line]);
  }
  return [...byOwner].map(([owner, lines]) => `Inherited from \`${owner}\`:\n\n${lines.join('\n')}`);
}

/** @param {ts.Node} node */
const isOurs = (node) => !node.getSourceFile().fileName.includes('/node_modules/');

/** @param {Member} member */
function isPublic(member) {
  if (member.name && ts.isPrivateIdentifier(member.name)) return false;
  if (ts.isClassStaticBlockDeclaration(member)) return false;
  // For console.log, not for callers.
  if (member.name?.getText() === '[inspect.custom]') return false;
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return false;
  return !isInternal(member);
}

/** @param {Member} member @param {string} owner */
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
