const stacks = new WeakMap<object, string>();

/** Where in the function's own files an error was thrown, for those who may see that: its tenant and the platform. */
export const setGuestStack = (error: object, stack: string): void => void stacks.set(error, stack);
export const guestStackOf = (error: object): string | undefined => stacks.get(error);
