/** A library, a program that uses it and sets `value`, and what that is in the end. */
export type Sample = readonly [library: string, program: string, value: unknown];
