import { brief } from '../../errors/brief.ts';
import { warnAboutListener } from '../../runtime/listener-warning.ts';
import type { FunctionRef, Isolation } from '../function/resolved-function.ts';
import type { ResolvedIsolation } from '../options/isolation.ts';

/**
 * Answers in which of its tenant's groups a function is, by the option `group`; undefined: in this process. A function
 * of the host that fails is a warning, and means a group for this function alone.
 */
export function groupOf({ mode, group }: ResolvedIsolation) {
  let warned = false;
  return (fn: FunctionRef, isolation: Isolation = mode): string | undefined => {
    if (isolation === 'isolate') return undefined;
    if (group === 'tenant') return '';
    if (group === 'function') return fn.functionName;
    try {
      const answer: unknown = group({ ...fn });
      if (typeof answer === 'string') return answer;
      throw new TypeError(`it answered ${brief(answer)} and not a string`);
    } catch (error) {
      if (!warned) warnAboutListener('isolation.group', error, 'an isolet pool');
      warned = true;
      return fn.functionName;
    }
  };
}
