/**
 * The part of the wrapper that makes text of what a function logs. It is JavaScript for the guest, evaluated before the
 * tenant's code: what it needs of the language it has kept by then.
 *
 * `show(value, room)`, `formatted(args, room)`, `joined(args, from, line, room)` and `tableOf(data, columns, room)` make
 * little more than `room` characters.
 */
export const guestTextSource = `
  const { stringify } = JSON;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { parseInt: toInt, parseFloat: toFloat } = Number;
  const { repeat, slice, includes, indexOf } = String.prototype;
  const describeSymbol = Symbol.prototype.toString;
  const sizeOfMap = getOwnPropertyDescriptor(Map.prototype, 'size').get;
  const sizeOfSet = getOwnPropertyDescriptor(Set.prototype, 'size').get;
  const { forEach: eachOfMap, set: setOf, has: hasOf } = Map.prototype;
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
`;
