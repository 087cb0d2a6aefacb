import { handleOf, type JsFunction } from '../runtime/js-function.ts';
import { provideWebHandler } from './host.ts';

/** The guest has a function that is to be told when signals of the host abort. */
provideWebHandler('hearAborts', () => async ({ objects }, tell) => {
  if (typeof tell !== 'function' || !handleOf(tell)) throw new TypeError('This is no function of the guest');
  objects.outgoing.hear(tell as JsFunction);
});
