/** A build that keeps streams busy for a while: many small actions with outputs to fetch, and two that wait until they may end. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface StreamingBuild {
  /** Content of a BUILD file. */
  rules: string;
  /** How often actions that wait have begun. */
  begun(): number;
  /** Lets them end. */
  go(): void;
}

export const HELD = 2;
const BUSY = 150;

/** @param directory that the actions can see, and that is not there yet; its name makes the actions differ from those of others */
export function streamingBuild(directory: string): StreamingBuild {
  mkdirSync(directory);
  const go = join(directory, 'go');
  const held = Array.from({ length: HELD }, (_, i) => {
    const wait = `touch ${directory}/begun-${i}.$$$$; while [ ! -e ${go} ]; do sleep 0.05; done`;
    return `genrule(name = "held_${i}", outs = ["held_${i}.bin"], cmd = "${wait}; head -c 5000000 /dev/urandom > $@")`;
  });
  const work = `true ${directory}; sleep 0.1; head -c 300000 /dev/urandom > $@`;
  const busy = `[genrule(name = "busy_%d" % i, outs = ["busy_%d.bin" % i], cmd = "${work}; echo " + str(i) + " >> $@") for i in range(${BUSY})]`;
  return {
    rules: [...held, busy, ''].join('\n'),
    begun: () => readdirSync(directory).filter((name) => name !== 'go').length,
    go: () => writeFileSync(go, ''),
  };
}
