/** What becomes of each attempt of test/cells/attacker/attempts.c. */

/** It gets an error: libc or V8 may ask the same. */
const refused = [
  'openat',
  'openat of its own memory',
  "openat of its parent's memory",
  'openat to write',
  'openat2',
  'newfstatat',
  'statx',
  'readlinkat',
  'getdents64',
  'inotify_init1',
  'memfd_create',
  'socket of the internet',
  'socket of the machine',
  'socket of the kernel',
  'socketpair',
  'connect',
  'bind',
  'listen',
  'fork by clone',
  'clone with a user namespace',
  'a thread with a namespace',
  'process_vm_readv',
  'kill its parent',
  'kill its group',
  'kill everybody',
  'tgkill its parent',
  'rt_tgsigqueueinfo',
  'have signals sent by a descriptor',
  'choose the signal',
  'prlimit64 of its parent',
  'prlimit64',
  'be dumpable',
  'outlive its parent',
  'change its map of memory',
  'another filter by prctl',
  'let anybody trace it',
  'setpriority',
  'sched_setaffinity',
  'map a file as code',
  'map a shared file as code',
  'map a file',
  'map shared memory',
  'map a stack that grows',
  'map huge pages',
  'dup',
  'ioctl',
  'open',
];

/** As on an older kernel. */
const unknown = ['clone3', 'io_uring_setup'];

/** Nobody but an attacker asks: the cell is ended. */
const ended = `
  unlinkat mkdirat fchmodat linkat chdir fanotify_init name_to_handle_at open_by_handle_at memfd_secret sendfile splice
  sendmsg recvmsg execve execveat wait4 setsid ptrace process_vm_writev kcmp tkill rt_sigqueueinfo pidfd_open pidfd_getfd
  pidfd_send_signal timer_create setrlimit seccomp landlock_create_ruleset setuid setgroups capset personality unshare
  setns mount umount2 fsopen mount_setattr pivot_root chroot io_uring_enter bpf perf_event_open userfaultfd keyctl
  add_key init_module reboot settimeofday sethostname syslog shmget semget msgget mq_open remap_file_pages
  process_madvise vfork fork iopl modify_ldt arch_prctl`;

/** Kernels without it end the process with SIGSEGV. */
export const by32Bits = 'getpid by a call of 32 bits';

const endedByX32 = ['getpid by x32', 'open by x32', by32Bits];

const allowed = ['kill itself with no signal', 'map memory as code'];

/** Only x64 has them. */
const onX64 = new Set(['open', 'vfork', 'fork', 'iopl', 'modify_ldt', 'arch_prctl', ...endedByX32]);

const table = new Map<string, string>([
  ...refused.map((name) => [name, 'EPERM'] as const),
  ...unknown.map((name) => [name, 'ENOSYS'] as const),
  ...[...ended.trim().split(/\s+/), ...endedByX32].map((name) => [name, 'SIGSYS'] as const),
  ...allowed.map((name) => [name, 'allowed'] as const),
]);

/** By name: the error it gets, the signal that ends the cell, or `allowed`. */
export const attempts: Readonly<Record<string, string>> = Object.fromEntries(
  [...table].filter(([name]) => process.arch === 'x64' || !onX64.has(name)),
);
