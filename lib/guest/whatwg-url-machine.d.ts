/** The part of whatwg-url that lib/guest/whatwg-url.ts uses. */
declare module 'whatwg-url/lib/url-state-machine.js' {
  export interface UrlRecord {
    scheme: string;
    username: string;
    password: string;
    host: unknown;
    port: number | null;
    path: string | string[];
    query: string | null;
    fragment: string | null;
  }

  export function basicURLParse(
    input: string,
    options?: { baseURL?: UrlRecord | null; url?: UrlRecord; stateOverride?: string },
  ): UrlRecord | null;
  export function cannotHaveAUsernamePasswordPort(url: UrlRecord): boolean;
  export function hasAnOpaquePath(url: UrlRecord): boolean;
  export function serializeHost(host: unknown): string;
  export function serializePath(url: UrlRecord): string;
  export function serializeURL(url: UrlRecord): string;
  export function setThePassword(url: UrlRecord, password: string): void;
  export function setTheUsername(url: UrlRecord, username: string): void;
}
