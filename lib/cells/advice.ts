import type { CellWall } from '../errors/cell-error.ts';

const namespaces =
  "Allow unprivileged user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a container a seccomp profile that allows unshare, mount and pivot_root), or ask for namespaces: 'auto' or 'off'.";

/** What an administrator can do about a layer that is missing. */
const advice: Readonly<Record<string, string>> = {
  instructions:
    'The launcher does not understand its instructions: it is of another version of isolet. Install it again.',
  program:
    "The launcher can't start node: the file must be one that this user may run, on a file system that is not mounted noexec.",
  descriptors: 'The kernel must have close_range (Linux 5.9), and a seccomp profile of the container must allow it.',
  landlock:
    'The kernel must have Landlock (Linux 5.13, "landlock" in /sys/kernel/security/lsm; else add it to the boot option lsm=), and a seccomp profile of the container must allow landlock_create_ruleset, landlock_add_rule and landlock_restrict_self.',
  no_new_privileges: 'A seccomp profile of the container must allow prctl(PR_SET_NO_NEW_PRIVS).',
  capabilities: 'A seccomp profile of the container must allow capset and capget.',
  parent_death: 'The process that started the cell ended at the same moment.',
  limits: 'A seccomp profile of the container must allow setrlimit and prlimit64.',
  first_filter: 'The kernel must have seccomp filters (CONFIG_SECCOMP_FILTER), and the container must allow them.',
  memory: 'The kernel must have /proc, and let a process read /proc/self/statm.',
  system_call_filter:
    'The kernel must have seccomp filters with TSYNC (Linux 3.17), and enough memory must be left (maxMemory) for two threads more.',
  user_namespace: namespaces,
  network_namespace: namespaces,
  ipc_namespace: namespaces,
  uts_namespace: namespaces,
  process_namespace: namespaces,
  empty_root: namespaces,
};

export function adviceFor({ layer }: CellWall): string {
  return advice[layer] ?? 'Without it nothing is run.';
}
