// The parameters of a statement in the order in which SQLite counts them, none missing and none too many.
import { SqlError } from '../sql-error.ts';
import type { SqlStatement, SqlValue } from '../sql-store.ts';

export function placed(variables: readonly string[], params: SqlStatement['params'] = []): readonly SqlValue[] {
  const places = namesByPlace(variables);
  if (!(params instanceof Map)) {
    const list = params as readonly SqlValue[];
    if (list.length === places.length) return list;
    throw wrong(`the statement has ${places.length} parameters, ${list.length} were given`);
  }
  const values = places.map((name, at) => {
    if (name === undefined) throw wrong(`parameter ${at + 1} has no name: give a list`);
    const value = params.get(name);
    if (value === undefined) throw wrong(`there is no value for the parameter '${name}'`);
    return value;
  });
  for (const name of params.keys()) {
    if (!places.includes(name)) throw wrong(`the statement has no parameter '${name}'`);
  }
  return values;
}

/** `?5` makes places 1 to 5; `?` and a name that is new stand behind the highest so far. */
function namesByPlace(variables: readonly string[]): (string | undefined)[] {
  const places: (string | undefined)[] = [];
  for (const variable of variables) {
    const name = variable.slice(1);
    if (variable[0] === '?' && name !== '') {
      const place = Number(name);
      if (!(place >= 1 && place <= 32_766)) throw wrong(`${variable} is not between ?1 and ?32766`);
      while (places.length < place) places.push(undefined);
    } else if (name === '' || !places.includes(name)) places.push(name === '' ? undefined : name);
  }
  return places;
}

const wrong = (message: string) => new SqlError('SQL_PARAMETER', message);
