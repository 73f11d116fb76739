#!/bin/bash
# Writes Buildfarm's configuration where it looks for it, and becomes Buildfarm: bbf-buildfarm PROGRAM ARGUMENTS...
set -euo pipefail

: "${BBF_CONFIGURATION:?is not set; the task definition of bbf sets it, so start this image as a task of one}"

# Buildfarm's images set CONFIG_PATH, which wins over its argument, so it has to be set anew.
CONFIG_PATH=$(mktemp --suffix=.yml)
export CONFIG_PATH
printf '%s\n' "$BBF_CONFIGURATION" > "$CONFIG_PATH"
unset BBF_CONFIGURATION
exec "$@"
