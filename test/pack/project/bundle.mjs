// Bundled by esbuild, once with the package left outside and once with all of it but the addon inside.
import { Runtime } from 'isolet';

const runtime = new Runtime({ timeout: 5000 });
runtime.evalAsync('6 * 7').then((value) => {
  console.log(`bundled: ${value}`);
  runtime.close();
});
