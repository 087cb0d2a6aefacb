import { FunctionNotFoundError, IsoletError, VersionNotFoundError } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('a version or an alias that a function does not have is an error with a code of its own', async () => {
  const serverless = make();
  const { version } = await serverless.deploy(spec('() => 1'));
  const about = { code: 'ERR_ISOLET_VERSION_NOT_FOUND', tenantId: 'acme', functionName: 'f', retryable: false };
  for (const id of ['nope', '__proto__', 'constructor', '']) {
    const attempts: [Error, object][] = [
      [await failure(() => serverless.invoke('acme', 'f', {}, { version: id })), { version: id }],
      [await failure(async () => serverless.rollback('acme', 'f', id)), { version: id }],
      [await failure(async () => serverless.setAlias('acme', 'f', 'live', id)), { version: id }],
      [
        await failure(async () => serverless.setAlias('acme', 'f', 'live', { [version]: 1, ['nope']: 1 })),
        { version: 'nope' },
      ],
      [await failure(() => serverless.invoke('acme', 'f', {}, { alias: id })), { alias: id }],
    ];
    for (const [error, wanted] of attempts) {
      expect(error).toBeInstanceOf(VersionNotFoundError);
      expect(error).toBeInstanceOf(IsoletError);
      expect(error).not.toBeInstanceOf(FunctionNotFoundError);
      expect(error).toMatchObject({ ...about, ...wanted });
      expect(error.message).toMatch(/'f' of tenant 'acme' has no (version|alias) '.*'\. (versions|setAlias)\(\)/);
    }
  }
  const none = await failure(async () => serverless.rollback('acme', 'f'));
  expect(none).toMatchObject({ ...about, message: expect.stringContaining('has no earlier version') });
  expect(none).not.toHaveProperty('version');
  expect(serverless.usage('acme')).toMatchObject({ invocations: 0, refused: 0 });
});

test.each([
  ['version', { version: 5 }],
  ['alias', { alias: {} }],
])('a %s of another type is a mistake of the caller', async (option, options) => {
  const serverless = make();
  await serverless.deploy(spec('() => 1'));
  const error = await failure(() => serverless.invoke('acme', 'f', {}, options as never));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option, retryable: false });
});

test.each([
  ['target', 5],
  ['target', null],
  ['target', {}],
])('an alias needs a target that makes sense: %s %o', async (option, target) => {
  const serverless = make();
  await serverless.deploy(spec('() => 1'));
  expect(await failure(async () => serverless.setAlias('acme', 'f', 'live', target as never))).toMatchObject({
    code: 'ERR_ISOLET_INVALID_ARG',
    option,
    message: expect.stringMatching(/^'target' must be .*\. Received .*\.$/),
  });
});

test('a weight that is none is named with its version and its value', async () => {
  const serverless = make();
  const { version } = await serverless.deploy(spec('() => 1'));
  for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
    const error = await failure(async () => serverless.setAlias('acme', 'f', 'live', { [version]: weight as never }));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: `target['${version}']` });
    expect(error.message).toContain(`Received`);
  }
});
