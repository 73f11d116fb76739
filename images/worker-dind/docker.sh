#!/bin/bash
# Stands before the docker command: the first call starts a Docker engine of this container's own, which needs --privileged.
set -euo pipefail

real=
while read -r candidate; do
  if [ "$(readlink -f "$candidate")" != "$(readlink -f "${BASH_SOURCE[0]}")" ]; then
    real=$candidate
    break
  fi
done < <(type -aP docker)
[ -n "$real" ] || { echo 'docker: the docker command is not installed in this image' >&2; exit 127; }

# Somebody has an engine already.
[ -z "${DOCKER_HOST:-}" ] || exec "$real" "$@"

run=${BBF_DOCKER_RUN:-/tmp}
answers() { "$real" version > /dev/null 2>&1; }

start() {
  local log=$run/bbf-dockerd.log engine_command=(dockerd)
  # Bazel runs actions as the user who builds, to whose group the engine's socket then belongs.
  if [ "$(id -u)" != 0 ]; then
    getent passwd "$(id -u)" > /dev/null || echo "bbf:*:$(id -u):$(id -g)::/tmp:/bin/sh" >> /etc/passwd
    engine_command=(sudo -n dockerd --group "$(id -g)")
  fi
  # Of a process group of its own, so that it outlives the action that called first; without the lock's descriptor, which it would hold.
  setsid "${engine_command[@]}" > "$log" 2>&1 < /dev/null 9>&- &
  local engine=$!
  for _ in $(seq "${BBF_DOCKER_ATTEMPTS:-300}"); do
    ! answers || return 0
    kill -0 "$engine" 2> /dev/null || break
    sleep 0.2
  done
  kill "$engine" 2> /dev/null || true
  echo 'docker: no Docker engine could be started in this container. It has to run with --privileged, which Fargate does not allow. The last lines of the engine:' >&2
  tail -n 3 "$log" >&2
  return 1
}

if ! answers; then
  exec 9> "$run/bbf-dockerd.lock"
  # Several actions may call at once: one starts the engine, the others wait for it.
  flock 9
  answers || start || exit 125
  exec 9>&-
fi
exec "$real" "$@"
