// The Node that is measured, and the machine it runs on.
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

export function describeNode(path) {
  const text = execFileSync(path, ['-p', 'JSON.stringify({ v: process.versions, path: process.execPath })'], {
    encoding: 'utf8',
  });
  const { v, path: real } = JSON.parse(text);
  return { path: real, version: v.node, major: Number(v.node.split('.')[0]), abi: v.modules, v8: v.v8 };
}

export function describeMachine() {
  const all = cpus();
  return {
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}
