/** What bbf knows of Bazel's command line: its commands, and the startup options that take their value as the next word. */

/** Commands that execute actions, and so run on the farm. */
export const farmCommands = ['build', 'test', 'run', 'coverage'] as const;

/** Commands that show what builds analyse, and share it with them where their flags are the same. */
export const analysisCommands = ['aquery', 'cquery'] as const;

/** All others are passed on as they are, also those that are not here. Source: `bazel help` of 2.1 to 9; `modquery` became `mod` in 6.3. */
const plainCommands = [
  'analyze-profile',
  'canonicalize-flags',
  'clean',
  'config',
  'dump',
  'fetch',
  'help',
  'info',
  'license',
  'mobile-install',
  'mod',
  'modquery',
  'print_action',
  'query',
  'shutdown',
  'sync',
  'vendor',
  'version',
] as const;

export const bazelCommands: readonly string[] = [...farmCommands, ...analysisCommands, ...plainCommands];

export function runsOnFarm(command: string): boolean {
  return (farmCommands as readonly string[]).includes(command);
}

export function analyses(command: string): boolean {
  return (analysisCommands as readonly string[]).includes(command);
}

/**
 * Startup options that take `--option value` as well as `--option=value`; every other one is a switch.
 * Source: src/main/cpp/startup_options.cc of Bazel 4.2.3 and what later versions added to it.
 */
export const unaryStartupOptions: ReadonlySet<string> = new Set([
  'bazelrc',
  'blazerc',
  'command_port',
  'connect_timeout_secs',
  'digest_function',
  'experimental_cgroup_parent',
  'failure_detail_out',
  'host_jvm_args',
  'host_jvm_profile',
  'install_base',
  'invocation_policy',
  'io_nice_level',
  'local_startup_timeout_secs',
  'macos_qos_class',
  'max_idle_secs',
  'output_base',
  'output_user_root',
  'server_javabase',
  'server_jvm_out',
  'unix_digest_hash_attribute_name',
]);
