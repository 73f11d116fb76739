#!/bin/bash
# The life of a gateway: waits for its certificates, runs nginx, gives it new ones while it runs, and ends with it.
set -euo pipefail

kind=${BBF_GATEWAY:?is not set; it is server or worker}
cluster=${BBF_CLUSTER:?is not set; it is the name of the bbf cluster}
run=${BBF_RUN:-/run/bbf}
read -r api redis storage agent <<< "${BBF_GATEWAY_OUTER_PORTS:-8980 8981 8982 8983}"
read -r inner_api inner_redis inner_storage inner_agent <<< "${BBF_GATEWAY_INNER_PORTS:-8970 6379 8972 8973}"
health=${BBF_GATEWAY_HEALTH_PORT:-8989}
address=${BBF_GATEWAY_ADDRESS:-0.0.0.0}

# ECS kills 120 s after SIGTERM at the latest, so connections that do not end by themselves are cut before.
grace_seconds=${BBF_GATEWAY_GRACE_SECONDS:-110}

template=$(dirname "$0")/$kind.conf
state=$(mktemp -d)
host=
nginx=
sleeper=
previous=
trap 'rm -rf "$state"' EXIT

# As many connections as the kernel lets us have: each call takes one to the build server.
ulimit -n "$(ulimit -Hn)"

say() { echo "gateway: $*" >&2; }

[ -f "$template" ] || { say "BBF_GATEWAY is $kind; expected server or worker"; exit 64; }
[[ $cluster =~ ^[a-z0-9-]+$ ]] || { say "BBF_CLUSTER is $cluster; expected the name of a bbf cluster"; exit 64; }

files=("$run"/tls/{certificate,key,authorities}.pem)
[ "$kind" = server ] || files+=("$run/server")
globals="daemon off; pid $state/nginx.pid; error_log stderr warn;"
[ "$(id -u)" != 0 ] || globals+=' user www-data;'

all_there() { for file in "${files[@]}"; do [ -s "$file" ] || return 1; done; }
seen() { cat "${files[@]}" 2>/dev/null | cksum; }
# In the background, so that a signal does not have to wait for it.
pause() { sleep 1 & sleeper=$!; wait "$sleeper" || true; }

# An address of version 6 stands in brackets before a port.
bracketed() { if [[ $1 == *:* ]]; then echo "[$1]"; else echo "$1"; fi; }

# render DIRECTORY LIVE: the configuration with certificates from DIRECTORY, and those that are read at each handshake from LIVE.
render() {
  sed -e "s|@CLUSTER@|$cluster|g" -e "s|@TLS@|$1|g" -e "s|@LIVE@|$2|g" -e "s|@STATE@|$state|g" \
    -e "s|@ADDRESS@|$address|g" -e "s|@HOST@|$(bracketed "$host")|g" -e "s|@HEALTH@|$health|g" \
    -e "s|@API@|$api|g" -e "s|@REDIS@|$redis|g" -e "s|@STORAGE@|$storage|g" -e "s|@AGENT@|$agent|g" \
    -e "s|@INNER_API@|$inner_api|g" -e "s|@INNER_REDIS@|$inner_redis|g" \
    -e "s|@INNER_STORAGE@|$inner_storage|g" -e "s|@INNER_AGENT@|$inner_agent|g" \
    "$template"
}

# Takes copies of what the agent has written into use, all at once: the files are replaced one by one, and a certificate with the
# key of another is of no use. False while they do not fit together.
adopt() {
  all_there || return 1
  local next
  next=$(mktemp -d "$state/tls.XXXXXX")
  cp "$run"/tls/*.pem "$next"
  if [ "$kind" = worker ]; then
    host=$(tr -d '[:space:]' < "$run/server")
    [[ $host =~ ^[0-9A-Za-z.:-]+$ ]] || { say "$run/server holds no host: $host"; return 1; }
  fi
  [ "$(id -u)" != 0 ] || chown -R www-data "$state"
  render "$next" "$next" > "$state/check.conf"
  nginx -t -q -c "$state/check.conf" -g "$globals" || { rm -rf "$next"; return 1; }
  render "$state/live" '$live' > "$state/nginx.conf"
  # A handshake may be reading those of a moment ago, but none reads those of before.
  rm -rf "$previous"
  previous=$(readlink "$state/live" || true)
  ln -s "$next" "$state/next"
  mv -T "$state/next" "$state/live"
}

start() {
  nginx -c "$state/nginx.conf" -g "$globals" &
  nginx=$!
  say "nginx is process $nginx and serves the $kind of cluster $cluster${host:+, whose server is $host}"
}

# $1: the host of before, $2: the authorities of before
follow() {
  if [ "$host" != "$1" ]; then
    # Nobody is left at the other end of the old connections, and whoever uses them shall know at once.
    say "the server has moved from $1 to $host: nginx starts anew"
    kill -TERM "$nginx"
    wait "$nginx" || true
    start
  elif [ "$kind" = server ] && [ "$(cksum < "$state/live/authorities.pem")" = "$2" ]; then
    say 'the certificate is new: it is shown to new connections, open ones go on'
  else
    say 'certificates are new: nginx reloads, new connections use them, open ones go on'
    kill -HUP "$nginx"
  fi
}

end() {
  trap '' TERM INT
  say 'told to end: takes no new connections, and waits for those that are open'
  [ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null || true
  if [ -n "$nginx" ]; then
    kill -QUIT "$nginx" 2>/dev/null || true
    (sleep "$grace_seconds" & trap 'kill $!' TERM; wait; kill -TERM "$nginx") &
    local limit=$!
    wait "$nginx" || true
    kill "$limit" 2>/dev/null || true
  fi
  say 'ended'
  exit 0
}
trap end TERM INT

all_there || say "waits for ${files[*]}"
until current=$(seen) && adopt; do pause; done
start

while kill -0 "$nginx" 2>/dev/null; do
  pause
  next=$(seen)
  [ "$next" != "$current" ] || continue
  host_before=$host
  authorities_before=$(cksum < "$state/live/authorities.pem")
  if adopt; then
    current=$next
    follow "$host_before" "$authorities_before"
  else
    host=$host_before
    say 'the new certificates can not be used yet, the old ones stay'
  fi
done

code=0
wait "$nginx" || code=$?
say "nginx has ended with code $code"
exit $((code == 0 ? 1 : code))
