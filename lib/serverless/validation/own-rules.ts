import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AnyNode } from 'acorn';
import type { Finding } from '../../shared/check/findings.ts';
import type { ValidationRule } from '../../shared/check/rules.ts';

/** The platform's rules, which are functions of the host: each walks the tree once, in a turn of the event loop. */
export async function checkOwnRules(root: AnyNode, rules: readonly ValidationRule[]): Promise<Finding[]> {
  const { full } = await import('acorn-walk');
  const findings: Finding[] = [];
  for (const { name, visit } of rules) {
    full(root, (node) => {
      visit[node.type]?.(node as AnyNode, (message, at) =>
        findings.push({ message: `${message} (${name})`, offset: (at ?? node).start }),
      );
    });
    await nextTurn();
  }
  return findings;
}
