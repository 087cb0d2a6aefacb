import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { program } from '../exit/support.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the objects `a` and `b`, two copies of the package in one process, and uses both. */
const use = `
  const assert = require('node:assert');
  (async () => {
    const [a, b] = await copies();
    assert.notEqual(a.Runtime, b.Runtime);
    const settle = async (run) => { try { return await run() } catch (error) { return error } };
    for (const [one, other] of [[a, b], [b, a]]) {
      using(new one.Runtime(), new other.Runtime(), new other.Runtime({ maxTransferDepth: 2 }));
      async function using(mine, theirs, shallow) {
        const closed = theirs.eval('() => 1');
        closed.release();
        const failures = {
          TimeoutError: () => theirs.eval('for (;;);', { timeout: 20 }),
          TransferError: () => shallow.eval('[[[1]]]'),
          JavaScriptError: () => theirs.eval('throw new RangeError("mine")'),
          InvalidArgTypeError: () => theirs.eval(5),
          InvalidArgRangeError: () => theirs.eval('', { timeout: -1 }),
          ModuleError: () => theirs.evalModule('nowhere'),
          RuntimeClosedError: () => { const r = new other.Runtime(); r.close(); r.eval('') },
        };
        for (const [name, fail] of Object.entries(failures)) {
          mine.bindFunction('fail', fail);
          mine.bindFunction('failLater', async () => fail());
          const thrown = await settle(fail);
          assert.equal(thrown.constructor, other[name], name);
          assert.equal(mine.eval('try { fail() } catch (e) { e.code }'), thrown.code, name);
          for (const run of [() => mine.eval('fail()'), () => mine.evalAsync('failLater()')]) {
            const error = await settle(run);
            // Made by the copy that made the runtime, whichever was loaded last.
            assert.equal(error.constructor, one.JavaScriptError, name);
            assert(error instanceof other.JavaScriptError && error instanceof other.IsoletError, name);
            assert(error.cause instanceof one[name] && error.cause instanceof other[name], name);
            assert.equal(error.cause.code, thrown.code);
            assert.equal(error.thrown, error.cause, name);
            assert.equal(error.cause instanceof one.HeapLimitError, false);
          }
        }
        // What the guest itself made has the guest's cause.
        const own = await settle(() => mine.eval('throw new Error("a", { cause: 7 })'));
        assert.equal(own.cause, 7);
        for (const runtime of [mine, theirs, shallow]) await runtime.closeAsync();
        done();
      }
    }
  })();
  let left = 2;
  function done() { if (--left === 0) console.log('fine') }
`;

it('two copies that share one addon: each runtime is answered by the copy that made it', async () => {
  const ended = await program(`
    async function copies() {
      const first = require('isolet');
      new first.Runtime().close();
      for (const path of Object.keys(require.cache)) if (path.endsWith('index.cjs')) delete require.cache[path];
      const second = require('isolet');
      new second.Runtime().close();
      return [first, second];
    }
    ${use}`);
  expect(ended).toMatchObject({ code: 0, stdout: 'fine\n', stderr: '' });
});

it('two copies with an addon each, by import and by require: errors of both are recognised', async () => {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'copy-'));
  try {
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    const abi = join('build', `abi${process.versions.modules}`);
    mkdirSync(join(folder, abi), { recursive: true });
    copyFileSync(join(root, abi, 'isolet.node'), join(folder, abi, 'isolet.node'));
    copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
    const ended = await program(`
      const copies = async () => [require('isolet'), await import(${JSON.stringify(join(folder, 'dist', 'index.js'))})];
      ${use}`);
    expect(ended).toMatchObject({ code: 0, stdout: 'fine\n', stderr: '' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('every class and function has the name it is exported under, by require and by import', async () => {
  const ended = await program(`(async () => {
    const wrong = [];
    for (const exported of [require('isolet'), await import('isolet')]) {
      for (const [name, value] of Object.entries(exported)) {
        if (typeof value === 'function' && value.name !== name) wrong.push(name + ' is ' + value.name);
        // Bundlers mark a class that names itself.
        const parent = typeof value === 'function' && Object.getPrototypeOf(value).name;
        if (/^_/.test(parent)) wrong.push('the parent of ' + name + ' is ' + parent);
      }
    }
    console.log(JSON.stringify(wrong));
  })()`);
  expect(ended).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
});
