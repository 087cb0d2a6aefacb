import { it } from 'vitest';
import { expectEnd, program } from './support.ts';

it('V8 prints nothing about the code of guests', async () => {
  const codes = ['import x from "x" assert { type: "json" };', '(function () { "use asm"; return 1; })();', 'throw 1;'];
  const source = `const { Runtime } = require('isolet');
    (async () => {
      const runtime = new Runtime();
      for (const [i, code] of ${JSON.stringify(codes)}.entries()) {
        runtime.addModule('m' + i, code);
        await runtime.evalModuleAsync('m' + i).catch(() => {});
      }
      runtime.close();
      console.log('done');
    })();`;
  expectEnd(await program(source), 'done\n');
});
