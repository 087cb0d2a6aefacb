/** Runs one test in a process of its own and collects what it says. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const children = { guest: 'guest.mjs', node: 'peer.mjs' };

/**
 * @typedef {{ status: 'ok' | 'error' | 'timeout' | 'precondition failed' | 'crash', message: string,
 *   passed: Map<string, boolean>, messages: Map<string, string>, uncaught: string[] }} Outcome
 *
 * @param {import('./find.mjs').Test} test
 * @param {{ dir: string, node: string, where: 'guest' | 'node', patience: number, ports: number[] }} options
 * @returns {Promise<Outcome>}
 */
export function supervise(test, { dir, node, where, patience, ports }) {
  const soft = (test.long ? 60_000 : 10_000) * patience;
  const child = fork(fileURLToPath(new URL(children[where], import.meta.url)), [], {
    execPath: node,
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  });
  const outcome = { status: 'crash', message: '', passed: new Map(), messages: new Map(), uncaught: [] };
  let complaints = '';
  let late = false;
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.on('message', (message) => take(outcome, message, ports));
  child.send({ dir, test, patience: soft, ports });
  return new Promise((resolve) => {
    const hard = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, soft + 20_000);
    child.once('close', (code, signal) => {
      clearTimeout(hard);
      if (outcome.status === 'crash') {
        outcome.message = late ? 'hung' : `ended by ${signal ?? `code ${code}`}: ${complaints}`;
        if (late) outcome.status = 'timeout';
      }
      resolve(outcome);
    });
  });
}

function take(outcome, { results = [], uncaught, end, message }, ports) {
  for (const [name, passed, why] of results) {
    const key = nameOf(outcome.passed, samePorts(name, ports));
    outcome.passed.set(key, passed);
    if (!passed) outcome.messages.set(key, why);
  }
  if (uncaught !== undefined) outcome.uncaught.push(uncaught);
  if (end !== undefined) Object.assign(outcome, { status: end, message });
}

/** Two subtests of one name are two. */
function nameOf(taken, name) {
  let key = name;
  for (let count = 2; taken.has(key); count++) key = `${name} (${count})`;
  return key;
}

/** Some names say where the server is: two runs are to have the same names. */
function samePorts(name, ports) {
  return ports.reduce((text, port, index) => text.replaceAll(`:${port}`, `:${8000 + index}`), name);
}
