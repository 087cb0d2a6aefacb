/* global test, expect */
const { JavaScriptError, Runtime } = require('isolet');

test('a runtime works under jest', async () => {
  const runtime = new Runtime({ timeout: 5000 });
  runtime.bindFunction('twice', async (n) => n * 2);
  expect(await runtime.evalAsync('twice(21)')).toBe(42);
  await expect(runtime.evalAsync('null.x')).rejects.toThrow(JavaScriptError);
  await runtime.closeAsync();
});
