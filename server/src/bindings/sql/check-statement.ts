// The authorizer: which statements of a tenant reach the engine. It stands before SQLite's own, because libsql's can only
// allow and deny whole tables, and refuses every function as soon as it is on.
import { allowedFunctions, allowedModules, neverNamed } from './allowed.ts';
import { SqlError } from './sql-error.ts';
import { type Word, wordsOf } from './words.ts';

const heads = new Set('select values with insert replace update delete create drop alter reindex analyze'.split(' '));
const grouped = 'use SQL.batch() or SQL.transaction()';
const instead = new Map([
  ['attach', 'a function has one database'],
  ['detach', 'a function has one database'],
  ['pragma', 'settings of the engine are the platform’s'],
  ['vacuum', 'the platform does it'],
  ...['begin', 'commit', 'end', 'rollback', 'savepoint', 'release'].map((head) => [head, grouped] as const),
]);

export interface CheckedStatement {
  /** The first word that says what it does, also behind EXPLAIN: `select`, `insert`, … */
  readonly head: string;
  readonly explained: boolean;
  /** Its parameters as they stand: `?`, `?2`, `:name`. */
  readonly variables: readonly string[];
}

/** What the engine has; its own lists, asked when a process of it starts. */
export interface EngineNames {
  readonly functions: readonly string[];
  readonly modules: readonly string[];
}

export class StatementCheck {
  readonly #functions: ReadonlySet<string>;
  readonly #modules: ReadonlySet<string>;

  constructor(names: EngineNames) {
    this.#functions = beyond(names.functions, new Set([...allowedFunctions, ...allowedModules]));
    this.#modules = beyond(names.modules, allowedModules);
  }

  /** @throws {SqlError} `SQL_REFUSED` */
  check(sql: string): CheckedStatement {
    const never = neverNamed.exec(sql);
    if (never)
      throw refused(`'${never[0].toLowerCase()}' may not be named, not even in a text: pass texts as parameters`);
    if (sql.includes('\0')) throw refused('it has a NUL character');
    const words = [...wordsOf(sql)];
    for (const [at, word] of words.entries()) this.#checkWord(word, words[at - 1]);
    checkSingle(words);
    return { ...headOf(words), variables: words.flatMap(({ kind, text }) => (kind === 'variable' ? [text] : [])) };
  }

  #checkWord(word: Word, previous: Word | undefined): void {
    if (word.kind === 'unclosed') throw refused('a quote is not closed');
    if (word.kind === 'sign' && word.text === '(' && previous !== undefined && previous.kind !== 'sign') {
      if (previous.kind === 'variable') throw refused(`a bracket follows the parameter ${previous.text}`);
      if (this.#functions.has(previous.text)) throw refused(`there is no function '${previous.text}'`);
    }
    if (isName(word) && this.#modules.has(word.text)) throw refused(`there is no table '${word.text}'`);
  }
}

const isName = (word: Word) => word.kind === 'name' || word.kind === 'quoted' || word.kind === 'text';
const isEnd = (word: Word | undefined) => word?.kind === 'sign' && word.text === ';';

function beyond(all: readonly string[], allowed: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(all.map((name) => name.toLowerCase()).filter((name) => !allowed.has(name)));
}

function headOf(words: readonly Word[]): Pick<CheckedStatement, 'head' | 'explained'> {
  const bare = (at: number) => (words[at]?.kind === 'name' ? words[at].text : undefined);
  const explained = bare(0) === 'explain';
  let at = explained ? 1 : 0;
  if (explained && bare(1) === 'query' && bare(2) === 'plan') at = 3;
  const head = bare(at);
  if (head !== undefined && heads.has(head)) return { head, explained };
  if (head === undefined) throw refused(words.length === 0 ? 'it is empty' : 'it does not begin with a word of SQL');
  throw refused(
    `${head.toUpperCase()} is not available: ${instead.get(head) ?? `it begins with none of ${[...heads].join(', ')}`}`,
  );
}

/** The engine would run the first and say nothing of the rest. */
function checkSingle(words: readonly Word[]): void {
  const isTrigger =
    words.slice(0, 6).some(({ kind, text }) => kind === 'name' && text === 'trigger') && words[0]?.text !== 'drop';
  for (const [at, word] of words.entries()) {
    if (!isEnd(word)) continue;
    if (isTrigger && !(words[at - 1]?.text === 'end' && isEnd(words[at - 2]))) continue;
    if (words.slice(at).every(isEnd)) return;
    throw refused('one statement at a time: use SQL.batch() for several');
  }
}

const refused = (why: string) => new SqlError('SQL_REFUSED', `the statement is refused: ${why}`);
