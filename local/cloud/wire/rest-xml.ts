/** S3's protocol: the operation is the method, the path and the query; bodies are XML without list wrappers. */
import type { ServiceError, WireResponse } from '../kernel.ts';
import { buildXml, type XmlValue } from './xml.ts';

const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function restXmlAnswer(root: string, content: Record<string, XmlValue>, status = 200): WireResponse {
  const body = buildXml(root, { '@xmlns': S3_NAMESPACE, ...content }, 'flat');
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** A HEAD request's error has no body; the client then goes by the status. */
export function restXmlError(error: ServiceError, id: string, method = 'GET'): WireResponse {
  const content = { Code: error.code, Message: error.message, ...error.members, RequestId: id, HostId: 'local-cloud' };
  const bodiless = method === 'HEAD' || error.status === 304;
  const headers: Record<string, string> = bodiless ? {} : { 'content-type': 'application/xml' };
  return { status: error.status, headers, body: bodiless ? '' : buildXml('Error', content, 'flat') };
}
