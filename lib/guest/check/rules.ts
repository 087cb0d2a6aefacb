import type { AnyNode } from 'acorn';
import { full } from 'acorn-walk';
import type { Finding } from '../../serverless/validation/issue.ts';
import type { BuiltInRule, ValidationRule } from '../../serverless/validation/rules.ts';
import type { FreeName } from './scope.ts';

const nameOf = (node: AnyNode): string | undefined => {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  return undefined;
};

function memberName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  return node.computed && node.property.type !== 'Literal' ? undefined : nameOf(node.property);
}

const visitors: Partial<Record<BuiltInRule, ValidationRule['visit']>> = {
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
};

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
    return Object.values(value).some(search);
  };
  return search(body);
}

/** Rules about names that the source does not declare itself, so a local `eval` is nobody's business. */
const forbiddenNames: Partial<Record<BuiltInRule, readonly string[]>> = {
  'no-eval': ['eval', 'Function'],
  'no-wasm': ['WebAssembly'],
  'no-shared-memory': ['SharedArrayBuffer', 'Atomics'],
};

export function checkRules(root: AnyNode, free: readonly FreeName[], chosen: readonly BuiltInRule[]): Finding[] {
  const findings: Finding[] = [];
  for (const rule of chosen) {
    const tag = (message: string) => `${message} (${rule})`;
    const visit = visitors[rule];
    if (visit) {
      full(root, (node) => {
        visit[node.type]?.(node as AnyNode, (message) => findings.push({ message: tag(message), offset: node.start }));
      });
    }
    const names = forbiddenNames[rule] ?? [];
    for (const { name, offset } of free) {
      if (names.includes(name)) findings.push({ message: tag(`'${name}' is not allowed`), offset });
    }
  }
  return findings;
}
