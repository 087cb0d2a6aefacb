/** The line between the runner and the process that runs one file. */

/** What to run. @returns {Promise<{ dir: string, test: import('./find.mjs').Test, patience: number, ports: number[] }>} */
export function question() {
  return new Promise((resolve) => process.once('message', resolve));
}

/** Sends results in batches; the last one ends the process. */
export function answer() {
  const ends = ['ok', 'error', 'timeout', 'precondition failed'];
  let batch = [];
  let scheduled = null;
  let ended = false;
  let soft = null;

  function send(message, then) {
    if (process.connected) process.send(message, then);
  }
  function flush() {
    scheduled = null;
    if (batch.length > 0) send({ results: batch });
    batch = [];
  }
  return {
    /** One subtest; 0 is success. */
    one(name, status, message) {
      batch.push([name, status === 0, status === 0 ? '' : message]);
      if (batch.length > 500) flush();
      else scheduled ??= setImmediate(flush);
    },
    /** What no test caught. Files go on, as in a browser. */
    uncaught(error) {
      send({ uncaught: String(error?.stack ?? error).slice(0, 1000) });
    },
    /** Ends what hangs: its subtests fail, those that are done count. */
    limit(milliseconds, stop) {
      soft = setTimeout(stop, milliseconds);
    },
    end(status, message) {
      if (ended) return;
      ended = true;
      clearTimeout(soft);
      clearImmediate(scheduled);
      flush();
      send({ end: ends[status] ?? 'error', message: message.slice(0, 1000) }, () => process.exit(0));
    },
  };
}
