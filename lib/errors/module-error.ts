import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

/** Details of a {@link ModuleError}. */
export interface ModuleErrorInit {
  specifier: string;
  referrer?: string | null | undefined;
  /** True gives the code `ERR_ISOLET_MODULE_NOT_FOUND`. */
  notFound?: boolean | undefined;
  cause?: unknown;
}

/** A module could not be found (`ERR_ISOLET_MODULE_NOT_FOUND`) or not be loaded or linked (`ERR_ISOLET_MODULE`). */
export class ModuleError extends IsoletError {
  /** The specifier as written in the `import`. */
  readonly specifier: string;
  /** The module that imports it; `null` for an entry module. */
  readonly referrer: string | null;

  constructor(message: string, init: ModuleErrorInit) {
    const options = init.cause === undefined ? undefined : { cause: init.cause };
    super(init.notFound ? 'ERR_ISOLET_MODULE_NOT_FOUND' : 'ERR_ISOLET_MODULE', message, options);
    this.specifier = init.specifier;
    this.referrer = init.referrer ?? null;
  }
}
nameError(ModuleError, 'ModuleError');
