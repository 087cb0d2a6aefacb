import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

/** A package that only some of isolet needs is not installed. */
export class DependencyError extends IsoletError {
  /** The names of the packages that are missing. */
  readonly packages: readonly string[];

  /** @param what - what needs them. @param versions - what to install, such as `undici@7` */
  constructor(what: string, packages: readonly string[], versions: readonly string[], options?: ErrorOptions) {
    const [are, them] = packages.length === 1 ? ['is', 'it'] : ['are', 'them'];
    super(
      'ERR_ISOLET_DEPENDENCY',
      `${what} needs ${packages.join(' and ')}, which ${are} not installed. Install ${them}: npm install ${versions.join(' ')}`,
      options,
    );
    this.packages = packages;
  }
}
nameError(DependencyError, 'DependencyError');
