/**
 * The part of the wrapper that makes text of what a function logs, and the console, after the console standard. It is
 * JavaScript for the guest, evaluated before the tenant's code: what it needs of the language it has kept by then.
 *
 * `show(value, room)` makes little more than `room` characters. `makeConsole(put)` answers the console;
 * `put(level, make)` calls `make(room)` for the text, or not at all when nothing more may be logged. What begins or ends
 * a group is a level of its own: the groups are the invocation's, and only the host knows which one that is.
 */
export const guestConsoleSource = `
  const { stringify } = JSON;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { parseInt: toInt, parseFloat: toFloat } = Number;
  const { repeat, slice, split, includes, indexOf } = String.prototype;
  const describeSymbol = Symbol.prototype.toString;
  const sizeOfMap = getOwnPropertyDescriptor(Map.prototype, 'size').get;
  const sizeOfSet = getOwnPropertyDescriptor(Set.prototype, 'size').get;
  const { forEach: eachOfMap, get: getOf, set: setOf, has: hasOf, delete: deleteOf } = Map.prototype;
  const { forEach: eachOfSet } = Set.prototype;
  const NewMap = Map;

  const succeeds = (fn, value) => {
    try {
      apply(fn, value, []);
      return true;
    } catch {
      return false;
    }
  };

  const nameOf = (value) => {
    try {
      const { constructor } = getPrototypeOf(value);
      return typeof constructor === 'function' && typeof constructor.name === 'string' ? constructor.name : '';
    } catch {
      return '';
    }
  };

  // A value inside another one, like JSON where JSON can say it.
  const inside = (value, given, parents) => {
    const room = max(0, given);
    if (typeof value === 'string') return stringify(value.length > room ? apply(slice, value, [0, room + 1]) + '\\u2026' : value);
    if (typeof value === 'bigint') return text(value) + 'n';
    if (typeof value === 'symbol') return apply(describeSymbol, value, []);
    if (typeof value === 'function') return '[Function' + (value.name ? ': ' + text(value.name) : '') + ']';
    if (typeof value !== 'object' || value === null) return text(value);
    if (parents.length > 16) return isArray(value) ? '[Array]' : '[Object]';
    for (let i = 0; i < parents.length; i++) if (parents[i] === value) return '[Circular]';
    if (value instanceof GuestError) return text(value.stack || value);
    if (typeof value.toJSON === 'function') {
      const json = value.toJSON();
      if (json !== value) return inside(json, room, parents);
    }
    const within = [];
    for (let i = 0; i < parents.length; i++) within[i] = parents[i];
    within[parents.length] = value;
    let line = '';
    const add = (part) => {
      line += (line === '' ? '' : ',') + part;
      return line.length > room;
    };
    const at = (get) => {
      try {
        return inside(get(), room - line.length, within);
      } catch {
        return '[not printable]';
      }
    };
    if (isArray(value) || isView(value)) {
      const length = value.length ?? 0;
      for (let i = 0; i < length; i++) if (add(at(() => value[i]))) break;
      return (isArray(value) ? '' : nameOf(value) + '(' + length + ') ') + '[' + line + ']';
    }
    if (succeeds(sizeOfMap, value)) {
      let full = false;
      apply(eachOfMap, value, [(item, key) => {
        full ||= add(at(() => key) + ' => ' + at(() => item));
      }]);
      return 'Map(' + apply(sizeOfMap, value, []) + ') {' + line + '}';
    }
    if (succeeds(sizeOfSet, value)) {
      let full = false;
      apply(eachOfSet, value, [(item) => {
        full ||= add(at(() => item));
      }]);
      return 'Set(' + apply(sizeOfSet, value, []) + ') {' + line + '}';
    }
    const names = keys(value);
    for (let i = 0; i < names.length; i++) if (add(stringify(names[i]) + ':' + at(() => value[names[i]]))) break;
    const kind = nameOf(value);
    return (line === '' && kind !== '' && kind !== 'Object' ? kind + ' ' : '') + '{' + line + '}';
  };

  const show = (value, room) => {
    if (typeof value === 'string') return value;
    try {
      return typeof value === 'object' && value !== null ? inside(value, room, []) : text(value);
    } catch {
      return '[not printable]';
    }
  };

  const joined = (args, from, line, room) => {
    for (let i = from; i < args.length && line.length <= room; i++) {
      line += (line === '' && i === from ? '' : ' ') + show(args[i], room);
    }
    return line;
  };

  // %s, %d, %i, %f, %o, %O, %j, %c and %% of the first argument, if that is a string.
  const formatted = (args, room) => {
    const format = args[0];
    if (typeof format !== 'string' || args.length < 2 || !apply(includes, format, ['%'])) {
      return joined(args, 0, '', room);
    }
    let line = '';
    let used = 1;
    let rest = 0;
    while (used < args.length && line.length <= room) {
      const at = apply(indexOf, format, ['%', rest]);
      if (at < 0 || at + 1 >= format.length) break;
      line += apply(slice, format, [rest, at]);
      rest = at + 2;
      const kind = format[at + 1];
      if (kind === '%') line += '%';
      else if (kind === 's') line += typeof args[used] === 'object' ? show(args[used++], room) : text(args[used++]);
      else if (kind === 'd' || kind === 'i' || kind === 'f') {
        const value = args[used++];
        line += typeof value === 'symbol' ? 'NaN' : (kind === 'f' ? toFloat : toInt)(value);
      } else if (kind === 'o' || kind === 'O' || kind === 'j') {
        const value = args[used++];
        line += typeof value === 'string' ? stringify(value) : show(value, room);
      } else if (kind === 'c') used++;
      else line += '%' + kind;
    }
    line += apply(slice, format, [rest]);
    return joined(args, used, line, room);
  };

  const tableOf = (data, columns, room) => {
    if (typeof data !== 'object' || data === null) return show(data, room);
    const rows = keys(data);
    const heads = [];
    const seen = new NewMap();
    const head = (name) => {
      if (heads.length >= 32 || apply(hasOf, seen, [name])) return;
      apply(setOf, seen, [name, true]);
      heads[heads.length] = name;
    };
    let plain = false;
    const count = rows.length < 100 ? rows.length : 100;
    for (let i = 0; i < count; i++) {
      const row = data[rows[i]];
      if (typeof row !== 'object' || row === null) plain = true;
      else if (!isArray(columns)) {
        const names = keys(row);
        for (let k = 0; k < names.length && k < 32; k++) head(names[k]);
      }
    }
    if (isArray(columns)) for (let i = 0; i < columns.length && i < 32; i++) head(text(columns[i]));
    const lines = [['(index)']];
    for (let k = 0; k < heads.length; k++) lines[0][k + 1] = heads[k];
    if (plain) lines[0][heads.length + 1] = 'Values';
    for (let i = 0; i < count; i++) {
      const row = data[rows[i]];
      const line = [rows[i]];
      const isObject = typeof row === 'object' && row !== null;
      for (let k = 0; k < heads.length; k++) {
        const cell = isObject && getOwnPropertyDescriptor(row, heads[k]) !== undefined;
        line[k + 1] = cell ? inside(row[heads[k]], 200, []) : '';
      }
      if (plain) line[heads.length + 1] = isObject ? '' : inside(row, 200, []);
      lines[i + 1] = line;
    }
    const widths = [];
    for (let i = 0; i < lines.length; i++) {
      for (let k = 0; k < lines[i].length; k++) widths[k] = max(widths[k] ?? 0, lines[i][k].length);
    }
    let all = '';
    for (let i = 0; i < lines.length && all.length <= room; i++) {
      let line = '';
      for (let k = 0; k < lines[i].length; k++) {
        line += (k > 0 ? ' | ' : '') + lines[i][k] + apply(repeat, ' ', [widths[k] - lines[i][k].length]);
      }
      all += (i > 0 ? '\\n' : '') + line;
    }
    return all;
  };

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
