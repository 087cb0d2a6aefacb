import { cut } from '../../errors/brief.ts';
import { HandlerError } from '../../errors/index.ts';
import { label } from '../function/label.ts';
import type { Refusal } from '../report/invocation.ts';
import type { PoolEntry } from './entry.ts';

/** The error of what the wrapper in the guest could not do. */
export function refusedHandler(entry: Pick<PoolEntry, 'fn' | 'methods'>, { reason, detail }: Refusal): HandlerError {
  const of = `${label(entry.fn.tenantId)}:${label(entry.fn.name)}`;
  return new HandlerError(`${of} ${textOf(entry, reason, detail)}`, reason);
}

function textOf(
  { methods }: Pick<PoolEntry, 'methods'>,
  reason: Refusal['reason'],
  detail: string | undefined,
): string {
  if (reason === 'response') return `answered ${detail} from 'fetch'; it must answer a Response`;
  if (reason === 'body')
    return `was not called: the body of the request is no JSON, as its type says: ${cut(detail ?? '', 200)}`;
  if (reason === 'web') {
    return "has no web APIs, which a Request needs: give it the option 'web', or make its code an ES module";
  }
  const known = methods && `it has ${cut(methods.map((name) => `'${name}'`).join(', '), 200)}`;
  if (detail === undefined) return `has no function that can be invoked without the option 'method'; ${known}`;
  const advice = known ?? `its code is a function; write export default { async ${detail}(input, env, ctx) { … } }`;
  return `has no method '${cut(detail, 100)}'; ${advice}`;
}
