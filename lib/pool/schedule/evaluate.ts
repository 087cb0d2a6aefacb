import type { Place, Places } from '../cells/place.ts';
import { type Runtime, whenAborted } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { Load } from '../run/thread-charge.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Errand } from './errand.ts';
import type { Groups } from './groups.ts';

/**
 * Does `work`, which evaluates a function's source in a runtime that is none of the pool's, once its tenant may keep
 * one more thread busy, and there is a place for it.
 */
export async function evaluate<T>(
  dispatcher: Dispatcher,
  groups: Groups,
  places: Places,
  fn: ResolvedFunction,
  signal: AbortSignal,
  work: (place: Place, begins: (runtime: Runtime) => void) => Promise<T>,
): Promise<T> {
  const { tenantId, memoryMb } = fn;
  const { threads } = dispatcher;
  const tenant = groups.tenant(tenantId);
  tenant.errands++;
  threads.noticed(tenant, performance.now());
  let load: Load | undefined;
  let place: Place | undefined;
  const errand = new Errand({ tenant, versions: undefined, memoryMb }, () => {
    if (!threads.mayLoad(tenant, performance.now())) return 'tenant';
    const refusal = places.refusal(fn);
    if (refusal) throw refusal;
    if (!places.hasRoom(fn, false)) return 'cell';
    place = places.take(fn);
    load = threads.beginLoad(tenant);
    return undefined;
  });
  const stopListening = whenAborted(signal, () => errand.refuse(signal.reason));
  try {
    await dispatcher.do(errand);
    return await work(place as unknown as Place, (runtime) => load?.begins(runtime));
  } finally {
    stopListening?.();
    tenant.errands--;
    if (load) threads.endLoad(load, tenant);
    dispatcher.released(tenant);
    groups.forgetTenant(tenant);
    place?.leave();
  }
}
