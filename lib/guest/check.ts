/**
 * The checks that `deploy` makes of a function's source. This file is bundled into dist/guest-check.js and runs in a
 * guest of its own, under limits: what hostile source makes of the parser costs that guest and never the host. The
 * source is only data here.
 */

import type { AnyNode } from 'acorn';
import { type Finding, listFindings, maxIssues } from '../shared/check/findings.ts';
import { type CheckAnswer, type CheckRequest, onlyIssue } from '../shared/check/protocol.ts';
import { commonJsNames } from '../shared/code-head.ts';
import { missingApis } from './check/api-members.ts';
import { flattenTree } from './check/flatten.ts';
import { Hints } from './check/hints.ts';
import { missingImports } from './check/imports.ts';
import { unknownNames } from './check/names.ts';
import { valueKind } from './check/no-form.ts';
import { type Parsed, parseFunction, stackIssue } from './check/parse.ts';
import { RulesOfNodes, rulesOfNames } from './check/rules.ts';
import { type FreeName, freeNames } from './check/scope.ts';

const strict = 'unknown-names';

function checkParsed({ program, handler, form }: Parsed, request: CheckRequest): CheckAnswer {
  const { code, rules } = request;
  const { free, hinted, found, importing } = lookOver(program, rules);
  const issues: Finding[] = [...found, ...rulesOfNames(free, rules)];
  const warnings: Finding[] = [];
  const kind = valueKind(handler);
  if (kind) issues.push({ message: noFunction(kind), offset: handler?.start ?? 0 });
  for (const { missing, message, offset } of missingApis(free, request, hinted)) {
    const refused = missing === 'certain' || (missing === 'likely' && rules.includes(strict));
    (refused ? issues : warnings).push({ message, offset });
  }
  const imports = importing ? missingImports(program, handler) : [];
  // The rule has said it of each.
  for (const { certain, message, offset } of rules.includes('no-dynamic-import') ? [] : imports) {
    (certain ? issues : warnings).push({ message, offset });
  }
  // What is not literally a function may be the head of a bundle.
  const mayBeCommonJs = form === 'commonjs' || (form === 'expression' && !(handler && 'params' in handler));
  const names = request.globals ? unknownNames(free, knownNames(request, mayBeCommonJs), hinted) : [];
  const tree = request.tree ? flattenTree(program) : [];
  if (typeof tree === 'string') {
    issues.push({ message: `the code is too large or nested too deeply for the platform's rules: ${tree}`, offset: 0 });
  }
  return {
    issues: listFindings(code, issues),
    more: Math.max(0, issues.length - maxIssues),
    warnings: listFindings(code, warnings),
    names: listFindings(code, names),
    moreNames: Math.max(0, names.length - maxIssues),
    imports: listFindings(code, imports),
    module: form === 'module' && program.body.some(({ type }) => type.startsWith('Export')),
    exported: listFindings(code, exportedIn(form, handler, free)),
    ...(request.tree && typeof tree !== 'string' && { tree }),
  };
}

/** What is told by names, and by nodes one by one, of a tree that may be large: it is walked once. */
function lookOver(program: AnyNode, rules: CheckRequest['rules']) {
  const [ofRules, ofHints] = [new RulesOfNodes(rules), new Hints()];
  let importing = false;
  const free = freeNames(program, (node) => {
    ofRules.visit(node);
    ofHints.visit(node);
    if (node.type === 'ImportExpression') importing = true;
  });
  return { free, hinted: ofHints.names, found: ofRules.findings, importing };
}

/** Where a module says what it exports. */
function exportedIn(form: Parsed['form'], handler: Parsed['handler'], free: readonly FreeName[]): Finding[] {
  if (form === 'expression') return [];
  const offset =
    form === 'module' ? handler?.start : free.findLast(({ name }) => name === 'exports' || name === 'module')?.offset;
  return offset === undefined ? [] : [{ message: '', offset }];
}

const noFunction = (kind: string): string =>
  `the code is not a function but ${kind}; write (event, context) => … or export a function`;

/** What is there besides what the source declares. */
function knownNames({ globals = [], apis }: CheckRequest, commonJs: boolean): ReadonlySet<string> {
  const namespaces = apis.map((api) => api.split('.', 1)[0] as string);
  return new Set([...globals, ...namespaces, ...(commonJs ? commonJsNames : [])]);
}

export function check(request: CheckRequest): CheckAnswer {
  try {
    const parsed = parseFunction(request.code);
    if (!('issue' in parsed)) return checkParsed(parsed, request);
    const answer = onlyIssue(parsed.issue);
    return parsed.syntax ? { ...answer, issues: [], syntax: parsed.issue } : answer;
  } catch (error) {
    // The stack ended in a check that walks a deep tree: a long chain of members is deep without being nested.
    if (error instanceof RangeError) return onlyIssue(stackIssue);
    throw error;
  }
}
