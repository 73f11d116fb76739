#!/bin/bash
# The health check of a gateway: exit code 0 while nginx answers.
set -eu
exec 3<> "/dev/tcp/127.0.0.1/${BBF_GATEWAY_HEALTH_PORT:-8989}"
read -r -t 3 answer <&3
[ "$answer" = ok ]
