/** A library, a program that uses it and sets `value`, and which part of it that is. */
export type Program = readonly [library: string, program: string, part?: string, needs?: Needs];

export interface Needs {
  /** What the guest may take, in MiB; 64 by default. */
  readonly memoryMb?: number;
  /** Where the usual bundle takes a build of the library that asks for a page. */
  readonly bundler?: { readonly platform: 'neutral'; readonly mainFields: string[] };
  /** What a reader of the table has to know to get there. */
  readonly note?: string;
}
