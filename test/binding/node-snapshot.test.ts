import { describe, expect, it } from 'vitest';
import { missingNodeFlag } from '../../lib/node-snapshot.ts';

const host = { nodeMajor: 20, platform: 'linux-arm64.glibc', execArgv: [], nodeOptions: '' };

describe('the flag that Node 20 needs', () => {
  it('is asked for where V8 would crash or was not measured', () => {
    for (const platform of ['linux-arm64.glibc', 'linux-x64.musl', 'darwin-arm64', 'win32-x64']) {
      expect(missingNodeFlag({ ...host, platform })).toMatch(/--no-node-snapshot.*Node 20/s);
    }
  });

  it('is found on the command line and in NODE_OPTIONS', () => {
    expect(missingNodeFlag({ ...host, execArgv: ['--expose-gc', '--no-node-snapshot'] })).toBeUndefined();
    expect(missingNodeFlag({ ...host, nodeOptions: '--no-warnings --no-node-snapshot' })).toBeUndefined();
  });

  it('is not needed on Linux x64, nor from Node 22 on', () => {
    expect(missingNodeFlag({ ...host, platform: 'linux-x64.glibc' })).toBeUndefined();
    for (const nodeMajor of [22, 24, 26]) expect(missingNodeFlag({ ...host, nodeMajor })).toBeUndefined();
  });
});
