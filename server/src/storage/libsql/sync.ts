/** A store as its file answers it: at once, on the thread that asks. */
export type Sync<Store> = {
  [Method in keyof Store]: Store[Method] extends (...args: infer Args) => Promise<infer Answer>
    ? (...args: Args) => Answer
    : never;
};
