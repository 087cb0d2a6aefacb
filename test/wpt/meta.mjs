/** The lines `// META: key=value` at the head of a test file. */

/**
 * @param {string} source
 * @returns {{ title: string, long: boolean, scripts: string[], variants: string[], globals: string[] }}
 */
export function readMeta(source) {
  const meta = { title: '', long: false, scripts: [], variants: [], globals: [] };
  for (const line of source.split('\n')) {
    const found = /^\/\/\s*META:\s*(\w+)=(.*?)\s*$/.exec(line);
    if (!found) {
      if (/^\s*(\/\/.*)?$/.test(line)) continue;
      break;
    }
    const [, key, value] = found;
    if (key === 'title') meta.title = value;
    if (key === 'timeout') meta.long = value === 'long';
    if (key === 'script') meta.scripts.push(value);
    if (key === 'variant') meta.variants.push(value);
    if (key === 'global') meta.globals.push(...value.split(',').map((name) => name.trim()));
  }
  return meta;
}
