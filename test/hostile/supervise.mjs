import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { memoryOf } from './observe.mjs';

const child = fileURLToPath(new URL('./child.mjs', import.meta.url));

/** A host that has not ended after so many milliseconds is killed, and counts as dead; until it is ready it has more. */
const PATIENCE = 15_000;
const PATIENCE_TO_START = 60_000;
/** The same, from the moment it has nothing left to do. */
const PATIENCE_AT_THE_END = 4000;

/** Runs one program in its own process and answers everything that was seen of it. */
export function supervise(program, ending, { node, nodeArgs = [] }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const host = spawn(node, [...nodeArgs, child, program.id, ending], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const seen = { ending, stages: {}, output: '', peak: 0, cellPeak: 0, killed: false };
    const sample = setInterval(() => {
      const { ready } = seen.stages;
      if (!ready) return;
      seen.peak = Math.max(seen.peak, memoryOf(host.pid).peak);
      const cells = ready.cells.reduce((total, { pid }) => total + memoryOf(pid).peak, 0);
      seen.cellPeak = Math.max(seen.cellPeak, cells);
    }, 50);
    const kill = () => {
      if (host.exitCode !== null || host.signalCode !== null) return;
      seen.killed = true;
      host.kill('SIGKILL');
    };
    let patience = setTimeout(kill, PATIENCE_TO_START);

    let lines = '';
    host.stdio[3].setEncoding('utf8').on('data', (text) => {
      lines += text;
      const complete = lines.split('\n');
      lines = complete.pop();
      for (const line of complete) {
        const { stage, ...facts } = JSON.parse(line);
        seen.stages[stage] = facts;
        if (stage === 'ready') {
          clearTimeout(patience);
          patience = setTimeout(kill, PATIENCE + (program.slow ? program.limits.timeout : 0));
        }
        if (stage === 'end') setTimeout(kill, PATIENCE_AT_THE_END).unref();
      }
    });
    for (const stream of [host.stdout, host.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        if (seen.output.length < 20_000) seen.output += text;
      });
    }
    host.on('close', (code, signal) => {
      clearInterval(sample);
      clearTimeout(patience);
      resolve({ ...seen, code, signal, ms: performance.now() - started });
    });
  });
}
