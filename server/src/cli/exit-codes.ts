/** What scripts can go by. */
export const exitCodes = {
  done: 0,
  /** The function threw, met a limit, or was refused at deployment. */
  failed: 1,
  /** Wrong use of the command: options, arguments, project file, configuration. */
  misuse: 2,
  /** No answer from the server, or one that says that it failed. */
  server: 3,
  /** The token is missing, unknown, or may not do this. */
  denied: 4,
  /** There is no such thing. */
  absent: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with a message and a code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  /** What `--json` prints beside the message. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(exitCode: ExitCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
  }
}
