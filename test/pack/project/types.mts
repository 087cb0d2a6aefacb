// Has to compile with `moduleResolution` node16 and bundler, and with the libraries checked too.
import {
  type Deployment,
  type JsFunction,
  Runtime,
  type RuntimeOptions,
  ServerlessRuntime,
  TimeoutError,
} from 'isolet';

const options: RuntimeOptions = { timeout: 100, maxHeapSize: 16 * 1024 * 1024 };
const runtime = new Runtime(options);
const double = runtime.eval<JsFunction<[number], number>>('(n) => n * 2');
export const four: number = double(2);
export const later: Promise<unknown> = runtime.evalAsync('1', { timeout: 5 });

export async function deploy(serverless: ServerlessRuntime): Promise<Deployment> {
  return serverless.deploy({ tenantId: 'a', name: 'b', code: '() => 1' });
}

export const kindOf = (error: unknown): string => (error instanceof TimeoutError ? error.kind : 'other');

// @ts-expect-error: no such option
new Runtime({ timeuot: 1 });
new ServerlessRuntime({ log: (line: string) => console.log(line) });
