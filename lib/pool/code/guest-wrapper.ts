import { guestConsoleSource } from './guest-console.ts';
import { guestHandlerSource } from './guest-handler.ts';
import { guestHttpSource } from './guest-http.ts';
import { guestMethodsSource } from './guest-methods.ts';
import { guestTextSource } from './guest-text.ts';

/**
 * Runs in the guest before the tenant's code, so that it holds pristine builtins. Answers a function that takes in what
 * belongs to one function, makes the platform's APIs and the console global and returns another, which joins the
 * tenant's handler with its context: `(event, invocationId, deadline, key) => handler(event, context)`; a fifth argument
 * says what else is wanted, see guest-methods.ts. For anything but a function or an object with handlers
 * it answers the type's name. Between the two the tenant's code is evaluated; called again, the first replaces
 * what it made. Given a target, it leaves the globals alone and defines them there. What the host gives to every function
 * is bound by the first call that has it, and stays.
 *
 * Log text is made and cut here, so that no line that crosses is larger than what an invocation may log. The host counts,
 * and says when it takes no more.
 */
const source = `(web) => {
  'use strict';
  const { now } = Date;
  const { max } = Math;
  const { apply, defineProperty } = Reflect;
  const { freeze, keys, hasOwn, getOwnPropertyNames } = Object;
  const ObjectPrototype = Object.prototype;
  const GuestPromise = Promise;
  const text = String;
  const GuestError = Error;
  const levels = ['debug', 'log', 'info', 'warn', 'error'];

${guestTextSource}
${guestConsoleSource}
  const define = (target, name, value) =>
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });

  // Of the function that lives here.
  let maxLogBytes, env, members, tenantId, functionName, version, form;
  let apis, emit, expectMore, note;

  // Answers whether the host took the line: it knows whose it is and what that invocation may still log.
  const write = (level, key, make) => {
    try {
      const made = make(maxLogBytes);
      const isCut = made.length > maxLogBytes;
      return emit(key, level, isCut ? apply(slice, made, [0, maxLogBytes]) : made, isCut);
    } catch {
      return false;
    }
  };

  const logger = (level, own) => (...args) => {
    if (!own.full) own.full = !write(level, own.key, (room) => joined(args, 0, '', room));
  };

  // A console can't know whose lines it writes. When many one after the other were not taken it is mute for the rest of this turn.
  let refused = 0;
  const listenAgain = async () => {
    await undefined;
    refused = 0;
  };
  const print = (level, make) => {
    if (refused >= 16) return;
    if (write(level, 0, make)) refused = 0;
    else if (++refused === 16) listenAgain();
  };

  // What invocations go on with after their answer, by their keys.
  const late = new NewMap();

  const waiter = (key) => {
    const settled = async (more, promise) => {
      try {
        await promise;
      } catch (error) {
        if (!more.failed) {
          more.failed = true;
          more.error = error;
        }
        write('error', key, (room) => joined([error], 0, 'waitUntil:', room));
      }
      if (--more.open === 0 && more.wake !== undefined) more.wake();
    };
    return (promise) => {
      if (!expectMore(key)) throw new GuestError('waitUntil: the invocation has ended');
      let more = apply(getOf, late, [key]);
      if (more === undefined) {
        more = { open: 0, wake: undefined, failed: false, error: undefined };
        apply(setOf, late, [key, more]);
      }
      more.open++;
      settled(more, promise);
    };
  };

  const finish = async (key) => {
    const more = apply(getOf, late, [key]);
    if (more === undefined) return;
    while (more.open > 0) {
      await new GuestPromise((resolve) => {
        more.wake = resolve;
      });
    }
    apply(deleteOf, late, [key]);
    if (more.failed) throw more.error;
  };

  // A class, because every invocation makes one: a literal with a getter costs V8 a new shape each time. Made here and
  // not for each function: V8 takes long for it.
  class Context {
    tenantId = tenantId;
    functionName = functionName;
    version = version;
    invocationId;
    env = members;
    deadline;
    remainingTime;
    #own;
    #log;
    #waitUntil;

    constructor(invocationId, deadline, key) {
      this.invocationId = invocationId;
      this.deadline = deadline;
      this.remainingTime = () => max(0, deadline - now());
      this.#own = { key, full: false };
    }

    // Made when it is asked for: most invocations never write a line.
    get log() {
      if (this.#log === undefined) {
        this.#log = logger('log', this.#own);
        for (let i = 0; i < levels.length; i++) this.#log[levels[i]] = logger(levels[i], this.#own);
      }
      return this.#log;
    }

    get waitUntil() {
      return (this.#waitUntil ??= waiter(this.#own.key));
    }
  }

  // Nobody else is to make one, with an id of their choice.
  delete Context.prototype.constructor;
  freeze(Context.prototype);

${guestMethodsSource}
${guestHttpSource}
${guestHandlerSource}

  return (about, withConsole, target = globalThis, ...bound) => {
    if (bound.length > 0) {
      apis = bound[0];
      emit = bound[1];
      expectMore = bound[2];
      note = bound[3];
    }
    ({ maxLogBytes, env, tenantId, functionName, version, form } = about);
    freeze(env);
    members = freeze({ __proto__: null, ...apis, ...env });

    const names = keys(apis);
    for (let i = 0; i < names.length; i++) {
      const api = apis[names[i]];
      if (typeof api === 'function') defineProperty(api, 'name', { value: names[i], configurable: true });
      if (!define(target, names[i], api)) throw new TypeError(names[i] + ' is a global of the guest that can not be replaced');
    }
    if (withConsole) define(target, 'console', makeConsole(print));
    return take;
  };
}`;

/** For a guest whose function has no handlers that take a Request. */
export const wrapperSource = `(${source})()`;

/** For one whose function may have: a function that takes the part `handler` of the guest's web program, as a stream. */
export const wrapperSourceWithWeb = `(async (part) => (${source})((await part.getReader().read()).value))`;
