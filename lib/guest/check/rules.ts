import type { AnyNode } from 'acorn';
import type { Finding } from '../../shared/check/findings.ts';
import type { BuiltInRule, ValidationRule } from '../../shared/check/rules.ts';
import type { FreeName } from './scope.ts';
import { constantOf } from './uses.ts';

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
    DoWhileStatement: (node, report) => {
      if (node.type === 'DoWhileStatement' && isTrue(node.test) && !canLeave(node.body)) report('this loop never ends');
    },
    ForStatement: (node, report) => {
      if (node.type !== 'ForStatement' || (node.test && !isTrue(node.test))) return;
      if (!canLeave(node.body) && !canLeave(node.update)) report('this loop never ends');
    },
  },
};

const isTrue = (test: AnyNode): boolean => constantOf(test) === true;

/** What might leave a loop or let others run; generous on purpose. */
const leaving: ReadonlySet<string> = new Set([
  'BreakStatement',
  'ContinueStatement',
  'ReturnStatement',
  'ThrowStatement',
  'AwaitExpression',
  'YieldExpression',
  'CallExpression',
  'NewExpression',
  'TaggedTemplateExpression',
  'ImportExpression',
  // Of these the iterator is the code of somebody else.
  'ForOfStatement',
  'SpreadElement',
  'ArrayPattern',
]);

function canLeave(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(canLeave);
  if (typeof part !== 'object' || part === null || !('type' in part)) return false;
  if (leaving.has(String(part.type))) return true;
  return Object.values(part).some(canLeave);
}

/** Whether a value is only compared or asked for: `x instanceof Function` evaluates nothing. */
const isOnlyAsked = ({ role }: FreeName): boolean => role === 'typeof' || role === 'asked' || role === 'write';

const borrowed: ReadonlySet<string> = new Set(['call', 'apply', 'bind']);

/** Whether a name is called, also by way of `call`, `apply` or `bind`. */
const isCalled = ({ role, properties }: FreeName): boolean =>
  (role === 'call' || role === 'maybeCall' || role === 'new') &&
  (properties.length === 0 || (properties.length === 1 && borrowed.has(properties[0] as string)));

const anyUse = (use: FreeName): boolean => !isOnlyAsked(use);

/** Rules about names that the source does not declare itself, so a local `eval` is nobody's business. */
const forbiddenNames: Partial<Record<BuiltInRule, Readonly<Record<string, (use: FreeName) => boolean>>>> = {
  // To hand `eval` on is to call it by another name; `Function` is handed on as a type.
  'no-eval': {
    eval: (use) => isCalled(use) || (use.role === 'read' && use.properties.length === 0),
    Function: isCalled,
  },
  'no-wasm': { WebAssembly: anyUse },
  'no-shared-memory': { SharedArrayBuffer: anyUse, Atomics: anyUse },
};

const globalObjects: ReadonlySet<string> = new Set(['globalThis', 'self', 'window', 'global']);

/** The same use, where a name is read as a property of the global object. */
function asName(use: FreeName): FreeName {
  const [name, ...properties] = use.properties;
  return name !== undefined && globalObjects.has(use.name) ? { ...use, name, properties } : use;
}

const tagged = (message: string, rule: BuiltInRule): string => `${message} (${rule})`;

type Look = NonNullable<ValidationRule['visit'][string]>;

/** What the chosen rules say of one node after the other. */
export class RulesOfNodes {
  readonly findings: Finding[] = [];
  readonly #byType = new Map<string, { rule: BuiltInRule; look: Look }[]>();

  constructor(chosen: readonly BuiltInRule[]) {
    for (const rule of chosen) {
      for (const [type, look] of Object.entries(visitors[rule] ?? {})) {
        this.#byType.set(type, [...(this.#byType.get(type) ?? []), { rule, look }]);
      }
    }
  }

  visit(node: AnyNode): void {
    const looks = this.#byType.get(node.type);
    if (!looks) return;
    for (const { rule, look } of looks) {
      look(node, (message) => this.findings.push({ message: tagged(message, rule), offset: node.start }));
    }
  }
}

/** What they say of names that the source does not declare. */
export function rulesOfNames(free: readonly FreeName[], chosen: readonly BuiltInRule[]): Finding[] {
  const findings: Finding[] = [];
  const rules = chosen.flatMap((rule) => {
    const names = forbiddenNames[rule];
    return names ? [{ rule, names: new Map(Object.entries(names)) }] : [];
  });
  if (rules.length === 0) return findings;
  for (const use of free.map(asName)) {
    for (const { rule, names } of rules) {
      if (!names.get(use.name)?.(use)) continue;
      findings.push({ message: tagged(`'${use.name}' is not allowed`, rule), offset: use.offset });
    }
  }
  return findings;
}
