/**
 * The part of the wrapper that calls what a tenant's code made: `join(handler, object)`. `handler` is what `invoke` calls,
 * `object` has the methods that are called by name: `method(input, env, ctx)`; either may be missing. JavaScript for the
 * guest, evaluated before the tenant's code.
 *
 * What is asked of the function that it answers: without a fifth argument a call of `handler` on the event; `finish` waits
 * for what the invocation gave to `waitUntil`, and fails if any of it did; `method` calls the one that the sixth argument
 * names; `fetch` calls `fetch` with a Request made of the event; `abort` makes the signal of such a Request abort.
 * `note(key, …)` tells the host why something can't be done, and its methods once they are known.
 */
export const guestMethodsSource = `
  const isMethod = (value) => typeof value === 'function' && !isClass(value);

  // What all objects have is no method of theirs.
  const methodOf = (object, name) => {
    if (name === 'constructor') return undefined;
    for (let at = object; at !== undefined && at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) {
      if (!hasOwn(at, name)) continue;
      const found = object[name];
      return isMethod(found) ? found : undefined;
    }
    return undefined;
  };

  const methodsOf = (object) => {
    const found = [];
    for (let at = object; at !== null && at !== ObjectPrototype && found.length < 100; at = getPrototypeOf(at)) {
      const names = getOwnPropertyNames(at);
      for (let i = 0; i < names.length && found.length < 100; i++) {
        try {
          if (names[i].length <= 256 && methodOf(object, names[i]) !== undefined) found[found.length] = names[i];
        } catch {
          // A property that can't be read now is no method.
        }
      }
    }
    return found;
  };

  // The object whose methods are handlers: the default export of a module, or an object that \`invoke\` would call.
  const handlersIn = (value, isNamespace, alone) => {
    if (typeof value !== 'object' || value === null) return undefined;
    let object = isNamespace || (form === 'commonjs' && alone) ? value.default : value;
    for (let i = 0; i < 2; i++) {
      if (typeof object !== 'object' || object === null || isPromise(object)) return undefined;
      if (hasOwn(object, 'fetch') || hasOwn(object, 'handler') || !hasOwn(object, 'default')) break;
      object = object.default;
    }
    if (typeof object !== 'object' || object === null || isPromise(object)) return undefined;
    if (alone && !isNamespace && form === 'expression') return undefined;
    const methods = methodsOf(object);
    if (methods.length === 0) return undefined;
    note(0, methods);
    return object;
  };

  const refuse = (key, reason, detail) => {
    note(key, reason, detail);
    throw new GuestError('refused');
  };

  const callMethod = (object, name, input, context, key) => {
    const method = methodOf(object, name);
    if (method === undefined) refuse(key, 'missing', name);
    return apply(method, object, [input, members, context]);
  };

  // What makes the signals of requests abort, by the keys of their invocations.
  const exchanges = new NewMap();
  const forget = (keys) => {
    for (let i = 0; i < keys.length; i++) apply(deleteOf, exchanges, [keys[i]]);
  };

  // Without destructuring lists, and with \`await\`: nothing that the tenant could have replaced gets between.
  const callFetch = async (object, event, context, key) => {
    forget(event[3]);
    if (methodOf(object, 'fetch') === undefined) refuse(key, 'missing', 'fetch');
    if (web === undefined) refuse(key, 'web');
    const received = web.receive(event[0], event[1], event[2]);
    apply(setOf, exchanges, [key, received.abort]);
    let answer;
    try {
      const given = await callMethod(object, 'fetch', received.request, context, key);
      answer = web.answer(given, event[0].method === 'HEAD');
    } catch (error) {
      forget([key]);
      throw error;
    }
    if (typeof answer !== 'string' && answer.open) return answer;
    forget([key]);
    if (typeof answer === 'string') refuse(key, 'response', answer);
    return answer;
  };

  const abortFetch = (key, why) => {
    const abort = apply(getOf, exchanges, [key]);
    forget([key]);
    if (abort !== undefined) abort(why[0], why[1]);
  };

  const join = (handler, object) => {
    const call = (event, invocationId, deadline, key, how, name) => {
      if (how === 'finish') return finish(key);
      if (how === 'abort') return abortFetch(key, event);
      const context = new Context(invocationId, deadline, key);
      if (how === 'fetch') return callFetch(object, event, context, key);
      if (how === 'event') return callEvent(handler, event, context, key);
      if (how === 'method') return callMethod(object, name, event, context, key);
      return handler === undefined ? refuse(key, 'missing') : handler(event, context);
    };
    // Promises ask it for a method \`then\`, which every function could have inherited by now.
    defineProperty(call, 'then', { value: undefined });
    return call;
  };
`;
