import { createRequire } from 'node:module';

/** Version of this package. */
export function packageVersion(): string {
  const require = createRequire(import.meta.url);
  const { version } = require('isolet/package.json') as { version: string };
  return version;
}
