/**
 * `onerror`, `onunhandledrejection` and `onrejectionhandled` of the global. They are attributes, so that they stand there from
 * the beginning; what they do is loaded when one of them is first used.
 */
const scope = () => require('../events/global-scope.ts') as typeof import('../events/global-scope.ts');

const { defineProperty, getOwnPropertyDescriptor } = Object;

export function defineGlobalHandlers(): void {
  for (const type of ['error', 'unhandledrejection', 'rejectionhandled']) {
    const name = `on${type}`;
    const accessors = {
      get [name](): object | null {
        return scope().getGlobalHandler(type);
      },
      set [name](value: unknown) {
        scope().setGlobalHandler(type, value);
      },
    };
    defineProperty(globalThis, name, getOwnPropertyDescriptor(accessors, name) as PropertyDescriptor);
  }
}
