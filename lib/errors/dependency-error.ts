import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

/** A package that only some of isolet needs is not installed, or does not load. */
export class DependencyError extends IsoletError {
  /** The names of the packages that are missing, or do not load. */
  readonly packages: readonly string[];

  /**
   * @param what - what needs them. @param versions - what to install, such as `undici@7`
   * @param options - with `broken` they are installed, and that is what `cause` says of loading them
   */
  constructor(
    what: string,
    packages: readonly string[],
    versions: readonly string[],
    { broken = false, ...options }: ErrorOptions & { broken?: boolean } = {},
  ) {
    const [are, do_, them] = packages.length === 1 ? ['is', 'does', 'it'] : ['are', 'do', 'them'];
    const why = broken ? `${do_} not load on Node ${process.version}` : `${are} not installed`;
    super(
      'ERR_ISOLET_DEPENDENCY',
      `${what} needs ${packages.join(' and ')}, which ${why}. Install ${broken ? 'what does' : them}: npm install ${versions.join(' ')}`,
      options,
    );
    this.packages = packages;
  }
}
nameError(DependencyError, 'DependencyError');
