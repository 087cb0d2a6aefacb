/** In the place of `globalThis` in packages that look at it for what they can use (scripts/build-lib.mjs). */
export const noGlobals = { __proto__: null };
