import type { AnyNode, Node } from 'acorn';
import type * as Walk from 'acorn-walk';
import type { ValidationIssue } from '../../errors/index.ts';
import { issueAt } from './issue.ts';
import type { FreeName } from './scope.ts';

/** A pattern the platform does not accept. */
export interface ValidationRule {
  name: string;
  /** By ESTree node type; `report` adds a problem at the node, or at another one. */
  visit: Readonly<Record<string, (node: AnyNode, report: (message: string, at?: Node) => void) => void>>;
}

const nameOf = (node: AnyNode): string | undefined => {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  return undefined;
};

function memberName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  return node.computed && node.property.type !== 'Literal' ? undefined : nameOf(node.property);
}

const rules = {
  'no-with': { WithStatement: (_node, report) => report("'with' is not allowed") },
  'no-debugger': { DebuggerStatement: (_node, report) => report("'debugger' is not allowed") },
  'no-dynamic-import': { ImportExpression: (_node, report) => report("'import()' is not allowed") },
  'no-proto': {
    MemberExpression: (node, report) => {
      if (memberName(node) === '__proto__') report("'__proto__' is not allowed");
    },
  },
  'no-constructor-chain': {
    MemberExpression: (node, report) => {
      if (
        node.type === 'MemberExpression' &&
        memberName(node) === 'constructor' &&
        memberName(node.object) === 'constructor'
      ) {
        report("'.constructor.constructor' reaches the Function constructor and is not allowed");
      }
    },
  },
  'no-constant-loop': {
    WhileStatement: (node, report) => {
      if (node.type === 'WhileStatement' && isTrue(node.test) && !canLeave(node.body)) report('this loop never ends');
    },
    ForStatement: (node, report) => {
      if (node.type !== 'ForStatement' || (node.test && !isTrue(node.test))) return;
      if (!canLeave(node.body)) report('this loop never ends');
    },
  },
} satisfies Record<string, ValidationRule['visit']>;

const isTrue = (test: AnyNode): boolean => test.type === 'Literal' && Boolean(test.value);

/** Whether anything in a loop's body might leave it or let others run; generous on purpose. */
function canLeave(body: AnyNode): boolean {
  const leaving = new Set([
    'BreakStatement',
    'ReturnStatement',
    'ThrowStatement',
    'AwaitExpression',
    'YieldExpression',
    'CallExpression',
    'NewExpression',
  ]);
  const search = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(search);
    if (typeof value !== 'object' || value === null || !('type' in value)) return false;
    if (leaving.has(String(value.type))) return true;
    return Object.entries(value).some(([key, child]) => key !== 'loc' && search(child));
  };
  return search(body);
}

/** Rules about names that the source does not declare itself, so a local `eval` is nobody's business. */
const forbiddenNames = {
  'no-eval': ['eval', 'Function'],
  'no-wasm': ['WebAssembly'],
  'no-shared-memory': ['SharedArrayBuffer', 'Atomics'],
} as const;

/** Rules that come with the package. */
export type BuiltInRule = keyof typeof rules | keyof typeof forbiddenNames;

export const builtInRules = [...Object.keys(rules), ...Object.keys(forbiddenNames)] as BuiltInRule[];

export function checkRules(
  walk: typeof Walk,
  root: AnyNode,
  free: readonly FreeName[],
  chosen: readonly (BuiltInRule | ValidationRule)[],
): ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  for (const choice of chosen) {
    const rule =
      typeof choice === 'string'
        ? { name: choice, visit: (rules as Record<string, ValidationRule['visit']>)[choice] }
        : choice;
    const tag = (message: string) => `${message} (${rule.name})`;
    const { visit } = rule;
    if (visit) {
      walk.full(root, (node) => {
        visit[node.type]?.(node as AnyNode, (message, at) => issues.push(issueAt(at ?? node, tag(message))));
      });
    }
    const names: readonly string[] = forbiddenNames[rule.name as keyof typeof forbiddenNames] ?? [];
    for (const { node } of free) {
      if (names.includes(node.name)) issues.push(issueAt(node, tag(`'${node.name}' is not allowed`)));
    }
  }
  return issues;
}
