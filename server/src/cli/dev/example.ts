// The function that `dev` writes where there is none: something to see, and a place to begin.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const example = `// The answer to every request to this function. Change it, and ask again.
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const name = searchParams.get('name') ?? 'world';

    // npx isolet-server logs hello
    console.log('asked by', name);

    // Keys and values of your own; they are still there when the server starts again.
    const visits = ((await env.KV.get('visits')) as number | null) ?? 0;
    await env.KV.put('visits', visits + 1);

    return Response.json({ hello: name, path: pathname, visits: visits + 1 });
  },
};

interface Env {
  KV: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<unknown>;
  };
}
`;

/** @returns the file */
export async function writeExample(folder: string): Promise<string> {
  const file = join(folder, 'functions', 'hello.ts');
  await mkdir(join(folder, 'functions'), { recursive: true });
  await writeFile(file, example, { flag: 'wx' });
  return file;
}
