#!/bin/bash
# A Buildfarm worker begins once the agent beside it says so, under the name that the agent gives it: bbf-worker PROGRAM ARGUMENTS...
set -euo pipefail

work=${BBF_WORK:-/work}
echo "worker: waits until the agent has written $work/ready" >&2
until [ -s "$work/ready" ]; do
  # In the background, so that a signal does not have to wait for it.
  sleep 1 & wait $!
done

# Buildfarm takes its public name from here where its configuration names none.
INSTANCE_NAME=$(< "$work/ready")
export INSTANCE_NAME
mkdir -p "$work/root"
echo "worker: begins as $INSTANCE_NAME" >&2
exec bbf-buildfarm "$@"
