/** One connection to the farm made ahead of its first client: Bazel takes longer to start than a handshake takes. */
import type tls from 'node:tls';

export interface SpareConnection {
  /** Begins to make it. */
  open(): void;
  /** It, once; undefined where there is none that can be used. */
  take(): Promise<tls.TLSSocket | undefined>;
  close(): void;
}

/** A gateway need not wait for ever for somebody who connects and says nothing. */
const AGE_MS = 5_000;

/** @param connect answers why there is no connection, if there is none */
export function spareConnection(connect: () => Promise<tls.TLSSocket | string>): SpareConnection {
  let spare: Promise<tls.TLSSocket | undefined> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const removed = () => {
    clearTimeout(timer);
    const last = spare;
    spare = undefined;
    return last;
  };
  const close = () => void removed()?.then((socket) => socket?.destroy());
  return {
    open: () => {
      spare = connect().then(
        (socket) => (typeof socket === 'string' ? undefined : socket),
        () => undefined,
      );
      timer = setTimeout(close, AGE_MS).unref();
    },
    take: async () => {
      const socket = await removed();
      return socket?.destroyed === false ? socket : undefined;
    },
    close,
  };
}
