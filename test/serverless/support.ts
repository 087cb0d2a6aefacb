import {
  type FunctionSpec,
  getProcessStats,
  type PlatformApi,
  type ServerlessOptions,
  ServerlessRuntime,
} from 'isolet';
import { afterEach, beforeEach, expect } from 'vitest';
import { expectNoIsolateLeft } from '../isolates-left.ts';

/** Makes serverless runtimes for the tests of a file; afterwards they are closed and no isolate may be left. */
export function useServerless(): (api?: PlatformApi, options?: ServerlessOptions) => ServerlessRuntime {
  const made: ServerlessRuntime[] = [];
  let before = { liveIsolates: 0, lostIsolates: 0 };
  beforeEach(() => {
    before = getProcessStats();
  });
  afterEach(async () => {
    for (const serverless of made.splice(0)) {
      await serverless.cleanup({ drain: false });
      expect(serverless.stats().pool).toMatchObject({ runtimes: 0, active: 0, queued: 0 });
    }
    await expectNoIsolateLeft(before);
  });
  return (api = {}, options = {}) => {
    const serverless = new ServerlessRuntime(api, options);
    made.push(serverless);
    return serverless;
  };
}

export function spec(code: string, rest: Partial<FunctionSpec> = {}): FunctionSpec {
  return { tenantId: 'acme', name: 'f', code, ...rest };
}
