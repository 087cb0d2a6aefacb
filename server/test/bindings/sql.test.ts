import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tenants } from './tenant.ts';

const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)';

let tenants: Tenants;
beforeAll(async () => {
  const sql = {
    databaseBytes: 400_000,
    statementMs: 1500,
    rows: 100,
    resultBytes: 10_000,
    statements: 60,
    transactionMs: 2000,
    statementBytes: 50_000,
    waitMs: 20_000,
    totalMs: 100_000,
    batch: 10,
  };
  tenants = await Tenants.start({ sql, timeout: 60_000 });
  for (const tenant of ['other', 'third', 'fourth']) await tenants.server.ask('PUT', `/v1/tenants/${tenant}`, {});
  await tenants.run(
    `await env.SQL.batch(['CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB)', "INSERT INTO t (name) VALUES ('one')"])`,
  );
});
afterAll(() => tenants[Symbol.asyncDispose]());

it('values cross exactly, and what a statement did is told', async () => {
  const answer = await tenants.run(`
    const written = await env.SQL.query('INSERT INTO t (name, data) VALUES (?, ?) RETURNING id', ['two', new Uint8Array([1, 2])]);
    const { rows, columns } = await env.SQL.query("SELECT :big AS big, 1.5 AS real, NULL AS missing, :yes AS yes, data, 'ü' AS text, 1 AS __proto__ FROM t WHERE id = :id",
      { id: written.lastInsertId, big: 2n ** 62n, yes: true });
    const [row] = rows;
    const updated = await env.SQL.query("UPDATE t SET name = 'zwei' WHERE name = 'two'");
    return [written.changes, columns, row.big === 2n ** 62n, row.real, row.missing, row.yes, [...row.data], row.text, Object.keys(row).at(-1),
      updated.changes, await env.SQL.first('SELECT 1 WHERE 0')];
  `);
  expect(answer).toEqual([
    1,
    ['big', 'real', 'missing', 'yes', 'data', 'text', '__proto__'],
    true,
    1.5,
    null,
    1,
    [1, 2],
    'ü',
    '__proto__',
    1,
    null,
  ]);
});

it('the order of a query is kept, of one that gives many columns one name too', async () => {
  const answer = await tenants.run(`
    const { rows } = await env.SQL.query('WITH n(x) AS (VALUES (2), (3), (1)) SELECT x AS a, x * 2 AS a FROM n ORDER BY x DESC;  ');
    return rows;
  `);
  expect(answer).toEqual([{ a: 6 }, { a: 4 }, { a: 2 }]);
});

it('a batch takes effect as a whole or not at all', async () => {
  const answer = await tenants.run(`
    const code = await env.SQL.batch(["INSERT INTO t (name) VALUES ('three')", { sql: 'INSERT INTO t (name) VALUES (?)', params: ['one'] }]).catch(({ code, reason }) => [code, reason]);
    const [, count] = await env.SQL.batch(["INSERT INTO t (name) VALUES ('four')", "SELECT count(*) AS n FROM t WHERE name IN ('three', 'four')"]);
    return [code, count.rows];
  `);
  expect(answer).toEqual([['SQL_STATEMENT', 'SQLITE_CONSTRAINT_UNIQUE'], [{ n: 1 }]]);
});

it('a transaction is committed when its function ends and rolled back when it throws', async () => {
  const answer = await tenants.run(`
    const kept = await env.SQL.transaction(async (tx) => {
      const { n } = await tx.first('SELECT count(*) AS n FROM t');
      await tx.query('INSERT INTO t (name) VALUES (?)', ['tx' + n]);
      return 'tx' + n;
    });
    const thrown = await env.SQL.transaction(async (tx) => {
      await tx.query('DELETE FROM t');
      throw new RangeError('no');
    }).catch((error) => error.name + error.message);
    const nested = await env.SQL.transaction(() => env.SQL.query('SELECT 1')).catch(({ code }) => code);
    let leaked;
    await env.SQL.transaction(async (tx) => { leaked = tx; });
    const late = await leaked.query('SELECT 1').catch(({ code }) => code);
    return [kept.startsWith('tx'), thrown, nested, late, (await env.SQL.first('SELECT count(*) AS n FROM t')).n > 2];
  `);
  expect(answer).toEqual([true, 'RangeErrorno', 'SQL_BUSY', 'SQL_TRANSACTION', true]);
});

it('a transaction that is left open is rolled back, by its own time and with its invocation', async () => {
  await tenants.run(`await env.SQL.query('CREATE TABLE left_open (n)')`);
  const late = await tenants.run(
    `return env.SQL.transaction(async (tx) => { await tx.query('INSERT INTO left_open VALUES (1)'); await new Promise((done) => setTimeout(done, 5000)); })`,
  );
  expect(late).toMatchObject({ threw: { code: 'SQL_TRANSACTION' } });
  await tenants.deploy(
    'leaver',
    `env.SQL.transaction(async (tx) => { await tx.query('INSERT INTO left_open VALUES (2)'); await new Promise(() => {}); }).catch(() => {}); await new Promise((done) => setTimeout(done, 300)); return 1;`,
  );
  await tenants.invoke('leaver');
  expect(await tenants.run(`return env.SQL.first('SELECT count(*) AS n FROM left_open')`)).toEqual({ n: 0 });
});

it.each([
  [`ATTACH 'other.db' AS other`, /ATTACH/],
  [`/* */ attach database 'x' as y`, /ATTACH/],
  [`EXPLAIN ATTACH 'x' AS y`, /ATTACH/],
  [`; ATTACH 'x' AS y`, /one statement/],
  [`SELECT 1; ATTACH 'x' AS y`, /one statement/],
  [`DETACH main`, /DETACH/],
  [`PRAGMA max_page_count = 1000000`, /PRAGMA/],
  [`SELECT * FROM pragma_database_list`, /pragma_database_list/],
  [`VACUUM INTO 'copy.db'`, /VACUUM/],
  [`BEGIN`, /BEGIN/],
  [`ROLLBACK`, /ROLLBACK/],
  [`SAVEPOINT s`, /SAVEPOINT/],
  [`SELECT load_extension('x')`, /load_extension/],
  [`SELECT readfile('/etc/passwd')`, /readfile/],
  [`SELECT "readfile"('/etc/passwd')`, /readfile/],
  [`SELECT writefile('x', 'y')`, /writefile/],
  [`SELECT * FROM fsdir('/')`, /fsdir/],
  [`SELECT sha3_query('ATTACH 1')`, /sha3_query/],
  [`SELECT sqlite3mc_config('cipher')`, /sqlite3mc_config/],
  [`SELECT [replicate] /* */ ('x', 1000)`, /replicate/],
  [`SELECT $a('), replicate('x', 1000)`, /bracket/],
  [`UPDATE sqlite_dbpage SET data = x'00'`, /sqlite_dbpage/],
  [`SELECT * FROM 'dbstat'`, /dbstat/],
  [`CREATE VIRTUAL TABLE v USING fts3tokenize`, /fts3tokenize/],
  [`SELECT 'a`, /quote/],
  [`hello`, /HELLO/],
  [``, /empty/],
])('%s is refused', async (sql, why) => {
  const answer = await tenants.run(`return env.SQL.query(event)`, sql);
  expect(answer).toMatchObject({
    threw: { name: 'SqlError', code: 'SQL_REFUSED', message: expect.stringMatching(why) },
  });
  expect((await readdir(tenants.folder)).concat(await readdir(process.cwd()))).not.toContain('copy.db');
});

it.each([
  [`SELECT ?`, `[]`, /1 parameters, 0/],
  [`SELECT ?`, `[1, 2]`, /1 parameters, 2/],
  [`SELECT :a`, `{ b: 1 }`, /'a'/],
  [`SELECT :a`, `{ a: 1, b: 1 }`, /'b'/],
  [`SELECT ?`, `[{}]`, /object/],
  [`SELECT ?`, `[undefined]`, /undefined/],
  [`SELECT ?`, `[NaN]`, /NaN/],
  [`SELECT ?`, `[2n ** 64n]`, /64 bits/],
  [`SELECT ?`, `['a\\0b']`, /NUL/],
  [`SELECT ?`, `[new Date()]`, /Date/],
  [`SELECT ?`, `['x'.repeat(50_001)]`, /50000 bytes/],
])('%s with %s is refused', async (sql, params, why) => {
  const answer = await tenants.run(`return env.SQL.query(event, ${params})`, sql);
  expect(answer).toMatchObject({ threw: { code: 'SQL_PARAMETER', message: expect.stringMatching(why) } });
});

it('statements that never end are interrupted, also ones that answer rows, and the database goes on', async () => {
  for (const sql of [
    `${endless} SELECT count(*) FROM c`,
    `${endless} SELECT x FROM c WHERE x < 0`,
    `INSERT INTO t (name) ${endless} SELECT 'n' FROM c WHERE x < 0`,
  ]) {
    expect(await tenants.run('return env.SQL.query(event)', sql)).toMatchObject({
      threw: { code: 'SQL_TIMEOUT', quota: 'sql.statementMs', limit: 1500 },
    });
  }
  expect(await tenants.run(`return env.SQL.first('SELECT 1 AS one')`)).toEqual({ one: 1 });
});

it('while one tenant computes the server and another tenant’s database answer', async () => {
  const slow = tenants.run('return env.SQL.query(event)', `${endless} SELECT count(*) FROM c`);
  let over = false;
  void slow.then(() => {
    over = true;
  });
  expect(await tenants.run(`return env.SQL.first('SELECT 2 AS two')`, null, 'other')).toEqual({ two: 2 });
  expect(over).toBe(false);
  await slow;
});

it('what can’t be interrupted ends with its process, its tenant waits, and everybody else goes on', async () => {
  const sql = `SELECT instr(replace(hex(zeroblob(2000000)), '00', 'aaa'), replace(hex(zeroblob(300000)), '00', 'aa') || 'b')`;
  const both = await tenants.run(
    `const codes = []; for (const sql of [event, 'SELECT 1']) await env.SQL.query(sql).catch(({ code, message }) => codes.push([code, message]));
    return codes;`,
    sql,
    'third',
  );
  expect(both).toEqual([
    ['SQL_TIMEOUT', expect.stringContaining('could not be interrupted')],
    ['SQL_BUSY', expect.stringContaining('could not be stopped')],
  ]);
  expect(await tenants.run(`return env.SQL.first('SELECT 1 AS one')`, null, 'other')).toEqual({ one: 1 });
});

it('answers, databases and memory are bounded', async () => {
  const ask = (sql: string) => tenants.run('return env.SQL.query(event)', sql, 'fourth');
  expect(await ask(`${endless} SELECT x FROM c LIMIT 101`)).toMatchObject({
    threw: { code: 'SQL_RESULT', quota: 'sql.rows', limit: 100 },
  });
  expect(await ask(`SELECT hex(zeroblob(6000))`)).toMatchObject({
    threw: { code: 'SQL_RESULT', quota: 'sql.resultBytes', limit: 10_000 },
  });
  expect(await ask(`SELECT length(hex(zeroblob(400000000)))`)).toMatchObject({ threw: { code: 'SQL_MEMORY' } });
  await ask('CREATE TABLE big (a)');
  expect(await ask(`INSERT INTO big ${endless} SELECT hex(zeroblob(2000)) FROM c LIMIT 1000`)).toMatchObject({
    threw: { code: 'SQL_QUOTA', quota: 'sql.databaseBytes', limit: 400_000 },
  });
  expect((await ask('SELECT count(*) AS n FROM big')).rows).toEqual([{ n: 0 }]);
});

it('an invocation runs only so many statements', async () => {
  const one = await tenants.run(`for (;;) await env.SQL.query('SELECT 1');`);
  expect(one).toMatchObject({ threw: { code: 'SQL_LIMIT', quota: 'sql.statements', limit: 60 } });
  const together =
    await tenants.run(`const all = await Promise.allSettled(Array.from({ length: 90 }, () => env.SQL.query('SELECT 1')));
    const codes = {}; for (const { reason } of all) codes[reason?.code ?? 'done'] = (codes[reason?.code ?? 'done'] ?? 0) + 1; return codes;`);
  expect(together).toEqual({ done: 60, SQL_LIMIT: 30 });
  expect(await tenants.run(`return env.SQL.batch(Array(11).fill('SELECT 1'))`)).toMatchObject({
    threw: { code: 'SQL_LIMIT', quota: 'sql.batch' },
  });
});

it('another tenant has another database, and a file that is a link is not opened', async () => {
  expect(await tenants.run(`return env.SQL.query('SELECT * FROM t')`, null, 'other')).toMatchObject({
    threw: { code: 'SQL_STATEMENT', message: 'no such table: t' },
  });
  await tenants.server.ask('PUT', '/v1/tenants/linked', {});
  await symlink(join(tenants.folder, 'sql', 'acme.db'), join(tenants.folder, 'sql', 'linked.db'));
  expect(await tenants.run(`return env.SQL.query('SELECT * FROM t')`, null, 'linked')).toMatchObject({
    threw: { code: 'SQL_DAMAGED' },
  });
});

it('triggers, views, full-text search and JSON are there', async () => {
  const answer = await tenants.run(`
    await env.SQL.batch([
      'CREATE TABLE log (text)',
      "CREATE TRIGGER seen AFTER INSERT ON t BEGIN INSERT INTO log VALUES (CASE WHEN new.id > 0 THEN new.name END); SELECT 1; END",
      'CREATE VIEW names AS SELECT name FROM t',
      'CREATE VIRTUAL TABLE found USING fts5(text)',
      "INSERT INTO found VALUES ('a needle in the hay')",
      "INSERT INTO t (name) VALUES ('triggered')",
    ]);
    return [
      await env.SQL.first('SELECT text FROM log'),
      await env.SQL.first("SELECT count(*) AS n FROM names WHERE name = 'triggered'"),
      await env.SQL.first("SELECT highlight(found, 0, '<', '>') AS text FROM found WHERE found MATCH 'needle'"),
      await env.SQL.first("SELECT value ->> '$.a' AS a FROM json_each(?)", ['[{"a":1}]']),
    ];
  `);
  expect(answer).toEqual([{ text: 'triggered' }, { n: 1 }, { text: 'a <needle> in the hay' }, { a: 1 }]);
});
