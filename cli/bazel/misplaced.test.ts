import { expect, it } from 'vitest';
import { refusalHint } from './misplaced.ts';
import { splitCommandLine } from './split.ts';

const hint = "--workers is bbf's, and stands before the command: bbf --workers … build …";

const misspelt = '--wokers is no flag of bbf; did you mean --workers?';

it.each([
  ['with its value apart', ['build', '--workers', '2', '//:x'], 2, hint],
  ['with its value', ['build', '//:x', '--workers=2'], 2, hint],
  ['of a build that failed for another reason', ['build', '--workers=2', '//:x'], 1, undefined],
  ['behind the two dashes, where a program’s own begin', ['run', '//:x', '--', '--workers=2'], 2, undefined],
  ['of Bazel', ['build', '--remote_executor=x', '--jbos=2'], 2, undefined],
  ['behind a command that needs no cluster', ['query', '//x', '--workers=2'], 2, hint.replace('build', 'query')],
  ['that is misspelt before the command', ['--wokers=2', 'query', '//x'], 2, misspelt],
  ['that is misspelt, with its value apart', ['--wokers', '2', '//x'], 2, misspelt],
  ['that is misspelt, of a build that failed for another reason', ['--wokers=2', 'build', '//x'], 1, undefined],
  [
    'that asks for help of a Bazel command',
    ['build', '--help'],
    2,
    "bbf help build is Bazel's help for it, and bbf --help says what bbf adds",
  ],
  ['before the command', ['--workers=2', 'build', '--jbos=2'], 2, undefined],
])('a flag %s', (_, argv, code, expected) => {
  expect(refusalHint(splitCommandLine(argv), code)).toBe(expected);
});

// Bazel refuses the line for what is behind the command.
it.each(
  `autodetect_server_javabase batch batch_cpu_scheduling bazelrc=x block_for_lock client_debug connect_timeout_secs=1 digest_function=x
  expand_configs_in_place failure_detail_out=x home_rc idle_server_tasks ignore_all_rc_files io_nice_level=1 nohome_rc nosystem_rc
  local_startup_timeout_secs=1 macos_qos_class=x max_idle_secs=1 output_base=x output_user_root=x preemptible server_jvm_out=x
  shutdown_on_low_sys_mem system_rc unlimit_coredumps watchfs nowatchfs windows_enable_symlinks workspace_rc write_command_log
  host_jvm_args=x host_jvm_debug host_jvm_profile=x server_javabase=x install_base=x invocation_policy=x`.split(/\s+/),
)('--%s of Bazel’s own is not taken for a slip', (option) => {
  expect(refusalHint(splitCommandLine([`--${option}`, 'build', '--jbos=2']), 2)).toBeUndefined();
});
