// The thread of the store. All that came in meanwhile is done in one transaction, and answered when it is on the disk: so
// many puts wait for one write together.
import { parentPort, workerData } from 'node:worker_threads';
import { KvError } from '../kv-error.ts';
import type { KvFailure, KvReply, KvRequest, KvWork } from '../messages.ts';
import { Table } from './table.ts';

/** Pieces of work in one transaction, and entries swept at once. */
const maxTogether = 500;
/** ms between two sweeps, at least. */
const sweepEvery = 1000;
const longestSleep = 60_000;

const port = parentPort as NonNullable<typeof parentPort>;
const table = new Table(workerData as string);
const waiting: KvRequest[] = [];
const writes = new Set<KvWork['kind']>(['put', 'delete', 'drop']);
let sweeper: NodeJS.Timeout | undefined;

port.on('message', (request: KvRequest) => {
  waiting.push(request);
  if (waiting.length === 1) setImmediate(work);
});
sleep(sweep());

function work(): void {
  const alone = waiting.findIndex(({ work }) => work.kind === 'copy' || work.kind === 'close');
  const count = alone === 0 ? 1 : Math.min(alone < 0 ? maxTogether : alone, maxTogether);
  const together = waiting.splice(0, count);
  if (waiting.length > 0) setImmediate(work);
  for (const reply of answer(together)) port.postMessage(reply);
  if (together[0]?.work.kind === 'close') port.close();
}

function answer(requests: readonly KvRequest[]): KvReply[] {
  const changes = requests.some(({ work }) => writes.has(work.kind));
  try {
    if (changes) table.begin();
    const replies = requests.map(({ id, work }) => reply(id, work));
    if (changes) table.commit();
    if (changes && sweeper === undefined) sleep(Date.now() + longestSleep);
    return replies;
  } catch (error) {
    if (changes) table.rollback();
    return requests.map(({ id }) => ({ id, failure: failureOf(error) }));
  }
}

/** What the store refuses has changed nothing; anything else takes all that shares the transaction with it. */
function reply(id: number, work: KvWork): KvReply {
  try {
    return { id, value: done(work) };
  } catch (error) {
    if (error instanceof KvError) return { id, failure: failureOf(error) };
    throw error;
  }
}

function done(work: KvWork): unknown {
  switch (work.kind) {
    case 'get':
      return table.get(work.tenant, work.key);
    case 'put':
      return table.put(work.tenant, work.put, work.quota);
    case 'delete':
      return table.delete(work.tenant, work.key, work.condition);
    case 'list':
      return table.list(work.tenant, work.list);
    case 'use':
      return table.use(work.tenant);
    case 'drop':
      return table.drop(work.tenant);
    case 'copy':
      return table.copy(work.file);
    case 'close':
      clearTimeout(sweeper);
      return table.close();
  }
}

function sweep(): number | undefined {
  sweeper = undefined;
  try {
    table.begin();
    const next = table.sweep(maxTogether);
    table.commit();
    return next;
  } catch {
    // What has expired is not read, whether it is there or not.
    table.rollback();
    return Date.now() + longestSleep;
  }
}

function sleep(until: number | undefined): void {
  if (until === undefined) return;
  const ms = Math.min(longestSleep, Math.max(sweepEvery, until - Date.now()));
  sweeper = setTimeout(() => sleep(sweep()), ms);
}

const said = (code: string | undefined): string =>
  code === 'SQLITE_FULL' ? 'the server has no room left on its disk' : `the store failed: ${code}`;

function failureOf(error: unknown): KvFailure {
  if (!(error instanceof KvError)) return { code: 'KV_ENGINE', message: said((error as { code?: string }).code) };
  const { code, message, quota, limit } = error;
  return { code, message, ...(quota !== undefined && { quota }), ...(limit !== undefined && { limit }) };
}
