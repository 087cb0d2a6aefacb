/** What decides whether isolates beside Node's own can start: fields of `process` and the C library. */
export interface Host {
  nodeMajor: number;
  /** For example `linux-x64.glibc`, `darwin-arm64`. */
  platform: string;
  execArgv: readonly string[];
  nodeOptions: string;
}

/**
 * All isolates of a process share one read-only heap. Node 20 takes it from its own startup snapshot, and V8's default
 * snapshot, which other isolates start from, refers into it by position. In the builds for Linux x64 with glibc the two
 * have the same layout; for Linux arm64 they have not, and V8 crashes. Other builds were not measured, so they count as
 * different. From Node 22 on the layouts agree everywhere.
 *
 * @returns what to tell the user, or undefined when isolates can start
 */
export function missingNodeFlag({ nodeMajor, platform, execArgv, nodeOptions }: Host): string | undefined {
  if (nodeMajor >= 22 || platform === 'linux-x64.glibc') return undefined;
  const flag = '--no-node-snapshot';
  if (execArgv.includes(flag) || nodeOptions.split(/\s+/).includes(flag)) return undefined;
  return (
    `isolet needs node ${flag} on Node ${nodeMajor} for ${platform.replace('.', ' ')}, because V8 crashes there without it. ` +
    `Start node with that flag, set NODE_OPTIONS=${flag}, or use Node 22 or later.`
  );
}
