/** How the command `isolet` ends. The numbers are part of its interface. */
export const exitCodes = {
  ok: 0,
  /** The guest threw, or its value can't be shown. */
  guestError: 1,
  /** Wrong arguments, a file that can't be read, no binary for this platform, a build that failed. */
  misuse: 2,
  /** Time or memory ran out. */
  limit: 3,
} as const;
