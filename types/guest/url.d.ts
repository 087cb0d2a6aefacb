interface URL {
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toJSON(): string;
  toString(): string;
}
declare var URL: {
  prototype: URL;
  new (url: string | URL, base?: string | URL): URL;
  canParse(url: string | URL, base?: string | URL): boolean;
  createObjectURL(blob: Blob): string;
  parse(url: string | URL, base?: string | URL): URL | null;
  revokeObjectURL(url: string): void;
};

type URLSearchParamsInit = Iterable<readonly [string, string]> | Record<string, string> | string;
interface URLSearchParams {
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, thisArg?: any): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  toString(): string;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}
declare var URLSearchParams: { prototype: URLSearchParams; new (init?: URLSearchParamsInit): URLSearchParams };

type URLPatternComponentName =
  | 'hash'
  | 'hostname'
  | 'password'
  | 'pathname'
  | 'port'
  | 'protocol'
  | 'search'
  | 'username';
type URLPatternInit = { [name in URLPatternComponentName]?: string } & { baseURL?: string };
interface URLPatternComponentResult {
  input: string;
  groups: Record<string, string | undefined>;
}
type URLPatternResult = { [name in URLPatternComponentName]: URLPatternComponentResult } & {
  inputs: [URLPatternInit | string, string?];
};
interface URLPattern {
  readonly hash: string;
  readonly hostname: string;
  readonly password: string;
  readonly pathname: string;
  readonly port: string;
  readonly protocol: string;
  readonly search: string;
  readonly username: string;
  readonly hasRegExpGroups: boolean;
  exec(input?: URLPatternInit | string, baseURL?: string): URLPatternResult | null;
  test(input?: URLPatternInit | string, baseURL?: string): boolean;
  /** The text of one part of a URL that this pattern would match. */
  generate(component: URLPatternComponentName, groups?: Record<string, string>): string;
}
declare var URLPattern: {
  prototype: URLPattern;
  new (input?: URLPatternInit | string, options?: { ignoreCase?: boolean }): URLPattern;
  new (input: URLPatternInit | string, baseURL: string, options?: { ignoreCase?: boolean }): URLPattern;
  /** Orders patterns by one of their parts: -1, 0 or 1. */
  compareComponent(component: URLPatternComponentName, left: URLPattern, right: URLPattern): number;
};
