#!/bin/bash
# Stands where Buildfarm's images have Java: a program of the farm in place of the jar that is asked for. java -jar JAR
set -euo pipefail

# Buildfarm's storage listens on 8972 of a server's task, and workers come there. The farm's server keeps the blobs itself.
readonly workers=8972 server=8971
# Where Buildfarm's storage tells its metrics, by which ECS sees that it works.
readonly metrics=9091

case ${2:-} in
  */buildfarm-server_deploy.jar)
    export BBF_WORKER_PORT=$server
    exec node /farm/farm-server.mjs
    ;;
  */buildfarm-shard-worker_deploy.jar)
    [ -z "${BBF_POOL:-}" ] || exec node /farm/farm-worker.mjs
    echo "storage: the server of this engine keeps the blobs, so workers are passed on to it" >&2
    socat "TCP-LISTEN:$metrics,bind=127.0.0.1,backlog=128,reuseaddr,fork" "SYSTEM:read -r _; echo HTTP/1.0 200 OK" &
    exec socat "TCP-LISTEN:$workers,bind=127.0.0.1,backlog=128,reuseaddr,fork" "TCP:127.0.0.1:$server"
    ;;
  *)
    echo "java: the farm has no program for '$*'" >&2
    exit 64
    ;;
esac
