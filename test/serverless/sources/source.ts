/** Code to deploy, and what it answers to an event. */
export interface Source {
  readonly what: string;
  readonly code: string;
  readonly event?: unknown;
  readonly answer: unknown;
}

export const source = (what: string, code: string, answer: unknown, event: unknown = 4): Source => ({
  what,
  code,
  event,
  answer,
});
