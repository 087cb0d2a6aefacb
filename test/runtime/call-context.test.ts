import { describe, expect, it } from 'vitest';
import { contextForNewCall, currentCall, runInCall, withCallContext } from '../../lib/runtime/call-context.ts';

const call = (context: unknown) => ({ runtime: undefined, callId: 1, context });

describe('call context', () => {
  it('is given to calls that begin inside, and only there', () => {
    expect(contextForNewCall()).toBeUndefined();
    const seen = withCallContext('a', () => {
      const inner = withCallContext('b', () => contextForNewCall());
      return [inner, contextForNewCall()];
    });
    expect(seen).toEqual(['b', 'a']);
    expect(contextForNewCall()).toBeUndefined();
  });

  it('ends when the start function throws', () => {
    expect(() =>
      withCallContext('a', () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(contextForNewCall()).toBeUndefined();
  });

  it('a host function sees the call that runs it; nested calls inherit its context', () => {
    expect(currentCall()).toBeUndefined();
    const outer = call('outer');
    runInCall(outer, () => {
      expect(currentCall()).toBe(outer);
      expect(contextForNewCall()).toBe('outer');
      runInCall(call('inner'), () => expect(currentCall()?.context).toBe('inner'));
      expect(currentCall()).toBe(outer);
    });
    expect(currentCall()).toBeUndefined();
  });

  it('a host function of an unknown call does not inherit from whoever happens to be on the stack', () => {
    withCallContext('starter', () => runInCall(call(undefined), () => expect(contextForNewCall()).toBeUndefined()));
  });

  it('ends when the host function throws and does not reach past an await', async () => {
    const later = runInCall(call('x'), async () => {
      expect(currentCall()?.context).toBe('x');
      await null;
      return currentCall();
    });
    expect(await later).toBeUndefined();
  });
});
