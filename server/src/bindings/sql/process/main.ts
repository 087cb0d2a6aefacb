// The process of the engine. SQLite and what a statement makes it do live here, so that what cannot be interrupted can be
// ended, what takes memory takes this process's, and what crashes is not the server.

import { StatementCheck } from '../check-statement.ts';
import type { SqlReply, SqlRequest } from '../messages.ts';
import { failureOf } from './failures.ts';
import { openConnection } from './libsql.ts';
import { OpenDatabases } from './open-databases.ts';

async function main(): Promise<void> {
  const { maxOpen, maxMemoryBytes } = JSON.parse(process.argv[2] as string) as {
    maxOpen: number;
    maxMemoryBytes: number;
  };
  const databases = new OpenDatabases(maxOpen, await prepareEngine(maxMemoryBytes));
  process.on('message', (request: SqlRequest) => void answer(databases, request));
  process.on('disconnect', () => process.exit());
  // The server decides when this ends, also when a terminal interrupts both.
  process.on('SIGINT', () => undefined);
  process.send?.('ready');
}

async function answer(databases: OpenDatabases, { id, file, work, bounds }: SqlRequest): Promise<void> {
  const reply: SqlReply = await databases
    .do(file, work, bounds, () => process.send?.({ id, stuck: true } satisfies SqlReply))
    .then(
      (results) => ({ id, results }),
      (error) => ({ id, failure: failureOf(error, bounds, file) }),
    );
  process.send?.(reply);
}

/** The memory of all databases together; and what this build of SQLite would let a statement name. */
async function prepareEngine(maxMemoryBytes: number): Promise<StatementCheck> {
  const connection = openConnection(':memory:');
  const column = async (sql: string) =>
    [...(await (await connection.prepare(sql)).raw(true).iterate([]))].map(([name]) => String(name));
  await column(`PRAGMA hard_heap_limit = ${maxMemoryBytes}`);
  const check = new StatementCheck({
    functions: await column('SELECT DISTINCT name FROM pragma_function_list'),
    modules: await column('SELECT name FROM pragma_module_list'),
  });
  connection.close();
  return check;
}

await main();
