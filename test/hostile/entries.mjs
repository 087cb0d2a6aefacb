import { parse } from 'acorn';
import { makePlatform } from './platform.mjs';

/**
 * The body of a function that does what the script does and returns its completion value. Source that does not parse,
 * or is too big to try, stays as it is.
 */
export function functionBody(code) {
  if (code.length > 1e5) return code;
  try {
    const last = parse(code, { ecmaVersion: 'latest' }).body.at(-1);
    if (last?.type !== 'ExpressionStatement') return code;
    return `${code.slice(0, last.start)}return (${code.slice(last.expression.start, last.expression.end)});`;
  } catch {
    return code;
  }
}

/** Starts the program the way its `entry` says; answers what a caller of the library would get. */
export async function launch(program, world) {
  const code = program.make ? program.make() : program.code;
  const call = { timeout: program.limits.timeout || undefined, cpuTimeout: program.limits.cpuTimeout || undefined };
  return launchers[program.entry]({ program, code, call, ...world });
}

const launchers = {
  evalAsync: ({ runtime, code, call }) => runtime.evalAsync(code, call),
  eval: ({ runtime, code, call }) => orPending(runtime.eval(code, call), call),
  async callAsync({ runtime, code, call }) {
    const fn = await runtime.evalAsync(`(function () { ${functionBody(code)} })`, call);
    return fn.callAsync([{ n: 1 }], call);
  },
  async call({ runtime, code, call }) {
    const fn = runtime.eval(`(function () { ${functionBody(code)} })`, call);
    return orPending(fn({ n: 1 }), call);
  },
  async bootstrap({ isolet, options, code, world }) {
    world.opened.push(await isolet.Runtime.create({ ...options, bootstrap: code }));
  },
  newBootstrap({ isolet, options, code, world }) {
    world.opened.push(new isolet.Runtime({ ...options, bootstrap: code }));
  },
  async invoke({ isolet, code, call, program, world }) {
    const server = new isolet.ServerlessRuntime({ host: makePlatform() }, { pool: { runtime: program.options ?? {} } });
    world.opened.push({ close: () => server.cleanup({ drain: false }) });
    const memoryMb = program.limits.maxHeapSize / 2 ** 20;
    const spec = { tenantId: 'attacker', name: 'attack', memoryMb, timeout: call.timeout };
    await server.deploy({ ...spec, code: `(event) => { ${functionBody(code)} }` });
    return server.invoke('attacker', 'attack', { n: 1 });
  },
  module({ runtime, program, call }) {
    const modules = program.makeModules ? program.makeModules() : program.modules;
    for (const [name, source] of Object.entries(modules)) runtime.addModule(name, source);
    return runtime.evalModuleAsync('main', call);
  },
  host: ({ program, isolet, runtime, library }) => program.run({ isolet, runtime, library, limits: program.limits }),
};

/** A synchronous call is over when it returns; a promise it returned may rest for ever. */
async function orPending(value, { timeout, cpuTimeout }) {
  if (!(value instanceof Promise)) return value;
  const patience = new Promise((resolve) => {
    setTimeout(resolve, (timeout ?? cpuTimeout) + 50, PENDING).unref();
  });
  return Promise.race([value, patience]);
}

export const PENDING = Symbol('pending');
