/** The certificate that a server shows to anybody who knocks; without one of our own it says no more than that. */
import tls from 'node:tls';
import { whyNotServerOf } from '../../reconciler/access/certificate-names.ts';

type Shown =
  | { error: string }
  | {
      /** Milliseconds. */
      validTo: number;
      /** Why a build would not trust it, the dates apart; null where it would. */
      distrust: string | null;
      /** Whose it is, where it is not that of the cluster's server; null where it is. */
      otherwise: string | null;
    };

const TIMEOUT_MS = 5_000;
/** The caller judges dates by its own clock. */
const ABOUT_DATES = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** @param endpoint `host:port` @param cluster whose server should answer there @param authorities PEM */
export function shownCertificate(endpoint: string, cluster: string, authorities: string): Promise<Shown> {
  const colon = endpoint.lastIndexOf(':');
  const host = endpoint.slice(0, colon).replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = tls.connect({
      host,
      port: Number(endpoint.slice(colon + 1)),
      ca: authorities,
      ALPNProtocols: ['h2'],
      // Judged here rather than refused: the doctor wants to see what is wrong.
      rejectUnauthorized: false,
    });
    const end = (shown: Shown) => {
      socket.destroy();
      resolve(shown);
    };
    socket.setTimeout(TIMEOUT_MS, () => end({ error: `no answer within ${TIMEOUT_MS / 1000} s` }));
    socket.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }));
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const code = String(socket.authorizationError ?? '');
      const wrong = code !== '' && !ABOUT_DATES.has(code);
      end({
        validTo: Date.parse(certificate.valid_to),
        distrust: wrong ? `not of this authority (${code})` : null,
        otherwise: whyNotServerOf(cluster, certificate.subjectaltname) ?? null,
      });
    });
  });
}
