declare function setTimeout(callback: (_: undefined) => void, delay?: number): number;
declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): number;
declare function setTimeout(code: string, delay?: number): number;
declare function setInterval(callback: (_: undefined) => void, delay?: number): number;
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): number;
declare function setInterval(code: string, delay?: number): number;
declare function clearTimeout(id?: number): void;
declare function clearInterval(id?: number): void;
declare function queueMicrotask(callback: () => void): void;

interface Navigator {
  readonly userAgent: string;
}
declare var Navigator: { prototype: Navigator };
declare var navigator: Navigator;
declare var self: typeof globalThis;
