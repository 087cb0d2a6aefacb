// One slice of load from wrk, and the processor time of the server meanwhile, with all processes that it has started.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('workloads/post.lua', import.meta.url));
const ticksPerSecond = 100;

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

/** µs of processor time that a process and its descendants have used. @param {number} pid */
export function cpuOf(pid) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const stats = new Map(all.map((id) => [id, statOf(id)]).filter(([, stat]) => stat));
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [id, { parent }] of stats) if (family.has(parent)) family.add(id);
  }
  let ticks = 0;
  for (const id of family) ticks += stats.get(id)?.ticks ?? 0;
  return (ticks / ticksPerSecond) * 1e6;
}

/**
 * @param {{ url: string, pid: number }} target @param {string} core where wrk runs
 * @param {{ seconds: number, connections: number }} load
 */
export async function slice({ url, pid }, core, { seconds, connections }) {
  const before = cpuOf(pid);
  const args = ['-c', core, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url];
  const { stdout } = await run('taskset', args);
  const cpu = cpuOf(pid) - before;
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout);
  if (failed) throw new Error(`${url}: ${failed[0]}`);
  const number = (pattern) => Number(pattern.exec(stdout)?.[1]);
  const unit = { us: 0.001, ms: 1, s: 1000 };
  const time = (percent) => {
    const [, value, name] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout) ?? [];
    return Number(value) * unit[name];
  };
  const requests = number(/(\d+) requests in/);
  return { rps: number(/Requests\/sec:\s+([\d.]+)/), cpu: cpu / requests, p50: time(50), p99: time(99) };
}
