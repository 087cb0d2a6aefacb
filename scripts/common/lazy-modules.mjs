// What esbuild puts around modules that are initialised when they are first asked for, replaced for guests: there such
// an initialisation may be stopped in the middle by a limit, and what it finds may have been changed by guest code.

/**
 * Each module says through `__frame`, which lib/guest/web/base/ops.ts sets, in which run of guest code its
 * initialisation began. Met again in the same run it is a circle of imports and goes on; in another one it was stopped,
 * and begins anew. What threw (no room on the stack) begins anew as well. esbuild's own would be half initialised, or
 * throw, for ever.
 */
const esm =
  'var __frame=()=>1;var __esm=fn=>{let begun=0,done=!1,run=fn[__getOwnPropNames(fn)[0]];return()=>{if(done)return;' +
  'let now=__frame();if(begun===now)return;begun=now;try{run(),done=!0}finally{done||(begun=0)}}};';

/** The exports as they are: copying them would go through `Function.prototype.call`, which may be the guest's. */
const toCommonJS = 'var __toCommonJS=mod=>mod;';

/**
 * @param {string} code a bundle of esbuild, whitespace minified
 * @returns {string}
 */
export function withSteadyModules(code) {
  return replaced(
    replaced(code, /var __esm=.+?;(?=var |function )/, esm),
    /var __toCommonJS=.+?;(?=var |function )/,
    toCommonJS,
  );
}

/** @param {string} code @param {RegExp} helper @param {string} by */
function replaced(code, helper, by) {
  const found = code.match(helper)?.[0];
  if (!found || found.length > 400)
    throw new Error(`esbuild writes another ${helper.source.slice(4, 18)} than expected`);
  return code.replace(found, () => by);
}
