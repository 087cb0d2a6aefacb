import { guestConsoleSource } from './guest-console.ts';
import { guestHandlerSource } from './guest-handler.ts';

/**
 * Runs in the guest before the tenant's code, so that it holds pristine builtins. Answers a function that takes in what
 * belongs to one function, makes the platform's APIs and the console global and returns another, which joins the
 * tenant's handler with its context: `(event, invocationId, deadline) => handler(event, context)`. For anything but a
 * function it answers the type's name. Between the two the tenant's code is evaluated; called again, the first replaces
 * what it made. Given an object as its last argument, it leaves the globals alone and defines them there.
 *
 * Log text is made and cut here, so that no more than the budget ever crosses into the host. The host does not rely on
 * it: it counts again.
 */
export const wrapperSource = `(() => {
  'use strict';
  const { now } = Date;
  const { max } = Math;
  const { apply, defineProperty } = Reflect;
  const { freeze, keys } = Object;
  const GuestPromise = Promise;
  const text = String;
  const GuestError = Error;
  const levels = ['debug', 'log', 'info', 'warn', 'error'];

${guestConsoleSource}
  const define = (target, name, value) =>
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });

  // Of the function that lives here.
  let emit, maxLogBytes, env, tenantId, functionName, version, form;
  // What may still be logged: of the invocation that was started last, for the console.
  let budget;

  const write = (level, id, budget, make) => {
    if (budget.left <= 0) {
      if (!budget.told) { budget.told = true; emit(id, level, ''); }
      return;
    }
    let line = make(budget.left);
    // What is shown may log by itself, and use up what was left.
    const room = max(0, budget.left);
    if (line.length > room) line = apply(slice, line, [0, room + 1]);
    budget.left -= line.length + 16;
    emit(id, level, line);
  };

  const logger = (level, id, budget) => (...args) => write(level, id, budget, (room) => joined(args, 0, '', room));

  // Ends the groups of the console.
  let ungroup = () => undefined;

  // A class, because every invocation makes one: a literal with a getter costs V8 a new shape each time. Made here and
  // not for each function: V8 takes long for it.
  class Context {
    tenantId = tenantId;
    functionName = functionName;
    version = version;
    invocationId;
    env = env;
    deadline;
    remainingTime;
    #budget;
    #log;

    constructor(invocationId, deadline, budget) {
      this.invocationId = invocationId;
      this.deadline = deadline;
      this.remainingTime = () => max(0, deadline - now());
      this.#budget = budget;
    }

    // Made when it is asked for: most invocations never write a line.
    get log() {
      if (this.#log === undefined) {
        this.#log = logger('log', this.invocationId, this.#budget);
        for (let i = 0; i < levels.length; i++) this.#log[levels[i]] = logger(levels[i], this.invocationId, this.#budget);
      }
      return this.#log;
    }
  }

  // Nobody else is to make one, with an id of their choice.
  delete Context.prototype.constructor;
  freeze(Context.prototype);

  const join = (handler) => (event, invocationId, deadline) => {
    const own = { left: maxLogBytes, told: false };
    budget = own;
    ungroup();
    return handler(event, new Context(invocationId, deadline, own));
  };
${guestHandlerSource}

  return (apis, emitLog, about, withConsole, target = globalThis) => {
    emit = emitLog;
    ({ maxLogBytes, env, tenantId, functionName, version, form } = about);
    freeze(env);
    budget = { left: maxLogBytes, told: false };

    const names = keys(apis);
    for (let i = 0; i < names.length; i++) {
      const api = apis[names[i]];
      if (typeof api === 'function') defineProperty(api, 'name', { value: names[i], configurable: true });
      if (!define(target, names[i], api)) throw new TypeError(names[i] + ' is a global of the guest that can not be replaced');
    }
    if (withConsole) {
      const made = makeConsole((level, make) => write(level, '', budget, make));
      ungroup = made.ungroup;
      define(target, 'console', made.console);
    }
    return take;
  };
})()`;
