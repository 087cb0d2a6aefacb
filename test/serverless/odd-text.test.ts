import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const odd = 'a\ud800é\udfff\u{1f600}\ud83d';

test('code, events and errors of a deployed function keep their lone surrogates', async () => {
  const serverless = make();
  await serverless.deploy(
    spec(`(event) => { if (event.fail) throw new Error("${odd}"); return ["${odd}", event.text] }`),
  );
  expect(await serverless.invoke('acme', 'f', { text: odd })).toEqual([odd, odd]);
  expect(await failure(() => serverless.invoke('acme', 'f', { fail: true }))).toMatchObject({ message: odd });
});
