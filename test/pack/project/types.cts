// The same from a CommonJS module.
import isolet = require('isolet');

const runtime: isolet.Runtime = new isolet.Runtime({ timeout: 100 });
export const answer: unknown = runtime.eval('42');
