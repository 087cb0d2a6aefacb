import { JavaScriptError, ValidationError } from 'isolet';
import { expect, it } from 'vitest';
import { spec, useServerless } from './support.ts';

const serverlessWith = useServerless();

it('code that is known is neither checked nor loaded ahead, and is the same version', async () => {
  const serverless = serverlessWith();
  const loads: string[] = [];
  serverless.on('load', ({ version }) => loads.push(version));
  const code = '() => { if (false) notThere(); return 1; }';
  const first = await serverless.deploy(spec(code));
  expect(loads).toHaveLength(1);
  await serverless.undeploy('acme', 'f');
  const second = await serverless.deploy(spec(code, { checked: true }));
  expect(second).toMatchObject({ version: first.version, warnings: [] });
  expect(loads).toHaveLength(1);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
});

it('what is wrong with known code is found by its first invocation, and only there', async () => {
  const serverless = serverlessWith();
  for (const code of ['() => {', 'throw new Error("in loading")', '42']) {
    await expect(serverless.deploy(spec(code))).rejects.toBeInstanceOf(ValidationError);
    await serverless.deploy(spec(code, { checked: true }));
    await expect(serverless.invoke('acme', 'f')).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_ISOLET_/) });
  }
});

it('the rest of a specification is checked, and a dry run is made', async () => {
  const serverless = serverlessWith({}, { tiers: { small: { memoryMb: 8 } }, defaultTier: 'small' });
  const known = (rest: object) =>
    serverless.deploy(spec('() => { throw new Error("no") }', { checked: true, ...rest }));
  await expect(known({ memoryMb: 9 })).rejects.toThrow(/memoryMb 9 exceeds the 8 of tier 'small'/);
  await expect(known({ checked: 1 as never })).rejects.toThrow(/'checked' must be true or false/);
  await expect(known({ dryRun: { event: 1 } })).rejects.toThrow(/no/);
  await known({});
  await expect(serverless.invoke('acme', 'f')).rejects.toBeInstanceOf(JavaScriptError);
});
