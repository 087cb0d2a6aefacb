/**
 * The part of the wrapper that is the console, after the console standard; what it writes is made by `guestTextSource`,
 * which comes before it. It is JavaScript for the guest, evaluated before the tenant's code.
 *
 * `makeConsole(put)` answers the console; `put(level, make)` calls `make(room)` for the text, or not at all when nothing
 * more may be logged. What begins or ends a group is a level of its own: the groups are the invocation's, and only the
 * host knows which one that is.
 */
export const guestConsoleSource = `
  const { split } = String.prototype;
  const { get: getOf, delete: deleteOf } = Map.prototype;

  const callersOf = () => {
    let callers = '';
    const { stack } = new GuestError();
    if (typeof stack !== 'string') return callers;
    const lines = apply(split, stack, ['\\n']);
    for (let i = 1; i < lines.length; i++) {
      if (!apply(includes, lines[i], ['isolet:function'])) callers += '\\n' + lines[i];
    }
    return callers;
  };

  const makeConsole = (put) => {
    const counts = new NewMap();
    const timers = new NewMap();
    const nothing = () => '';
    const print = (level) => (...args) => put(level, (room) => formatted(args, room));
    const labelOf = (label) => (label === undefined ? 'default' : \`\${label}\`);
    const elapsed = (label, end) => {
      const began = apply(getOf, timers, [label]);
      if (began === undefined) put('warn', () => \`Timer '\${label}' does not exist\`);
      else if (end) apply(deleteOf, timers, [label]);
      return began === undefined ? undefined : \`\${label}: \${now() - began}ms\`;
    };
    const open = (...args) => {
      if (args.length > 0) put('log', (room) => formatted(args, room));
      put('group', nothing);
    };
    const console = {
      debug: print('debug'), log: print('log'), info: print('info'), warn: print('warn'), error: print('error'),
      dirxml: print('log'),
      dir: (item) => put('log', (room) => show(item, room)),
      table: (data, columns) => put('log', (room) => tableOf(data, columns, room)),
      trace: (...args) => {
        const callers = callersOf();
        put('debug', (room) => 'Trace' + (args.length > 0 ? ': ' : '') + formatted(args, room) + callers);
      },
      assert: (condition, ...args) => {
        if (condition) return;
        if (typeof args[0] === 'string') args[0] = 'Assertion failed: ' + args[0];
        else {
          for (let i = args.length; i > 0; i--) args[i] = args[i - 1];
          args[0] = 'Assertion failed';
        }
        put('error', (room) => formatted(args, room));
      },
      group: open,
      groupCollapsed: (...args) => open(...args),
      groupEnd: () => put('groupEnd', nothing),
      clear: () => put('clear', nothing),
      count: (given) => {
        const label = labelOf(given);
        const count = (apply(getOf, counts, [label]) ?? 0) + 1;
        apply(setOf, counts, [label, count]);
        put('info', () => \`\${label}: \${count}\`);
      },
      countReset: (given) => {
        const label = labelOf(given);
        if (!apply(deleteOf, counts, [label])) put('warn', () => \`Count for '\${label}' does not exist\`);
      },
      time: (given) => {
        const label = labelOf(given);
        if (apply(hasOf, timers, [label])) put('warn', () => \`Timer '\${label}' already exists\`);
        else apply(setOf, timers, [label, now()]);
      },
      timeLog: (given, ...args) => {
        const line = elapsed(labelOf(given), false);
        if (line !== undefined) put('log', (room) => joined(args, 0, line, room));
      },
      timeEnd: (given) => {
        const line = elapsed(labelOf(given), true);
        if (line !== undefined) put('info', () => line);
      },
    };
    return console;
  };
`;
