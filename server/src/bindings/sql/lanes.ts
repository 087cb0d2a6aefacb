// Whose turn it is: so many pieces of work of one kind at a time, in order, with bounds on how many wait and how long.
import { SqlError } from './sql-error.ts';

export type Leave = () => void;

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

export class Lanes {
  readonly #maxWaiting: number;
  readonly #atOnce: number;
  /** Only those with somebody in them. */
  readonly #lanes = new Map<string, Lane>();

  constructor(maxWaiting: number, atOnce = 1) {
    this.#maxWaiting = maxWaiting;
    this.#atOnce = atOnce;
  }

  /** @throws {SqlError} `SQL_BUSY` */
  async enter(name: string, waitMs: number): Promise<Leave> {
    const lane = this.#lanes.get(name) ?? { running: 0, waiting: [] };
    this.#lanes.set(name, lane);
    if (lane.running < this.#atOnce) lane.running++;
    else if (lane.waiting.length < this.#maxWaiting) await turn(lane.waiting, waitMs);
    else {
      const limit = this.#maxWaiting;
      throw new SqlError('SQL_BUSY', `${limit} statements wait already (sql.waiting)`, { quota: 'sql.waiting', limit });
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = lane.waiting.shift();
      // Its place goes on to whoever is next.
      if (next) return next();
      lane.running--;
      if (lane.running === 0) this.#lanes.delete(name);
    };
  }
}

function turn(waiting: (() => void)[], waitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(enter), 1);
      const message = `the database was in use for ${waitMs} ms, perhaps by a transaction that is open (sql.waitMs)`;
      reject(new SqlError('SQL_BUSY', message, { quota: 'sql.waitMs', limit: waitMs }));
    }, waitMs);
    waiting.push(enter);
  });
}
