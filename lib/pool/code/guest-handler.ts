/**
 * The part of the wrapper that finds the tenant's function, and the object with its handlers, in what its code made:
 * `take(value)`. Like the rest of it JavaScript for the guest, evaluated before the tenant's code.
 *
 * `form` says what the value is: of an expression its value; of a CommonJS module the function around its code; of an ES
 * module the promise of a module that exports it as `exported`.
 */
export const guestHandlerSource = `
  const functionText = Function.prototype.toString;
  const { startsWith } = String.prototype;
  const isClass = (fn) => apply(startsWith, apply(functionText, fn, []), ['class']);
  const handlerNames = ['default', 'handler', 'fetch'];

  // A function, or the first that an object has under one of the names. What bundlers make of \`export default\` may be an
  // object in an object. The exports of a module are nobody's \`this\`. What an object has itself goes before what it
  // inherits: a router may inherit a function of any name.
  const find = (value, isNamespace, depth) => {
    if (typeof value === 'function') return isClass(value) ? undefined : value;
    if (typeof value !== 'object' || value === null || depth > 2) return undefined;
    for (let i = 0; i < 2 * handlerNames.length; i++) {
      const name = handlerNames[i % handlerNames.length];
      if (i < handlerNames.length && !hasOwn(value, name)) continue;
      const member = value[name];
      const found = find(member, false, depth + 1);
      if (found === undefined) continue;
      if (found !== member || isNamespace) return found;
      return (event, context) => apply(found, value, [event, context]);
    }
    return undefined;
  };

  const require = (name) => {
    const error = new GuestError(
      "Cannot find module '" + text(name) + "': a function can load no other modules, bundle them into its code");
    error.code = 'MODULE_NOT_FOUND';
    throw error;
  };

  const runCommonJs = (body) => {
    const module = { exports: {} };
    apply(body, module.exports, [module.exports, require, module]);
    return module.exports;
  };

  const member = (value, test) => {
    if (typeof value !== 'object' || value === null) return undefined;
    for (let i = 0; i < handlerNames.length; i++) {
      const found = value[handlerNames[i]];
      if (test(found)) return found;
    }
    return undefined;
  };
  const isFunction = (value) => typeof value === 'function';
  const isPromise = (value) => value instanceof GuestPromise;

  const kindOf = (value) => {
    if (value === null) return 'null';
    return isFunction(value) || member(value, isFunction) !== undefined ? 'class' : typeof value;
  };

  // With \`await\`, which asks no constructor of the tenant's to make the promise: it would get what \`take\` answers.
  const settle = (value, isNamespace) => {
    const found = isPromise(value) ? undefined : find(value, isNamespace, 0);
    const object = isPromise(value) ? undefined : handlersIn(value, isNamespace, found === undefined);
    if (found !== undefined || object !== undefined) return join(found, object);
    const promised = isPromise(value) ? value : member(value, isPromise);
    return promised === undefined ? kindOf(value) : (async () => settle(await promised, false))();
  };

  const take = (value) => {
    if (form === 'module') return (async () => settle((await value).exported, true))();
    return settle(form === 'commonjs' ? runCommonJs(value) : value, false);
  };
`;
