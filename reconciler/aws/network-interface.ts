/** The addresses of a network interface, from EC2's Query API by hand: the SDK's EC2 client is bigger than all of bbf. */
import { XMLParser } from 'fast-xml-parser';
import { type CredentialSource, signedRequest } from './signed-request.ts';

export interface Ec2Target {
  region: string;
  credentials: CredentialSource;
  /** The local cloud's; default: EC2 of the region. */
  endpoint?: string | undefined;
}

const API_VERSION = '2016-11-15';
const LIST_ELEMENTS = new Set(['item', 'Error']);

interface Addresses {
  /** Private ones first, then public ones. */
  all: string[];
  /** A public one is among them. */
  isPublic: boolean;
}

/**
 * @throws Error named as EC2 names it, e.g. UnauthorizedOperation
 */
export async function interfaceAddresses(target: Ec2Target, interfaceId: string): Promise<Addresses> {
  const form = { Action: 'DescribeNetworkInterfaces', Version: API_VERSION, 'NetworkInterfaceId.1': interfaceId };
  const response = await signedRequest({
    method: 'POST',
    url: target.endpoint ?? `https://ec2.${target.region}.amazonaws.com/`,
    service: 'ec2',
    region: target.region,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams(form).toString(),
    credentials: target.credentials,
  });
  const text = response.body.toString('utf8');
  if (response.status === 200) return addressesIn(text);
  throw ec2Error(response.status, text);
}

// Addresses and ids look like numbers to a parser that guesses.
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => LIST_ELEMENTS.has(name) });

interface Answer {
  DescribeNetworkInterfacesResponse?: { networkInterfaceSet?: { item?: Interface[] } };
}
interface Interface {
  privateIpAddress?: string;
  association?: { publicIp?: string };
}

export function addressesIn(xml: string): Addresses {
  const answer = parser.parse(xml) as Answer;
  const interfaces = answer.DescribeNetworkInterfacesResponse?.networkInterfaceSet?.item ?? [];
  const own = interfaces.flatMap(({ privateIpAddress }) => privateIpAddress || []);
  const others = interfaces.flatMap(({ association }) => association?.publicIp || []);
  return { all: [...new Set([...own, ...others])], isPublic: others.length > 0 };
}

function ec2Error(status: number, xml: string): Error {
  const answer = parser.parse(xml) as { Response?: { Errors?: { Error?: { Code?: string; Message?: string }[] } } };
  const found = answer.Response?.Errors?.Error?.[0];
  const error = new Error(found?.Message ?? `EC2 answered ${status}: ${xml.slice(0, 200)}`);
  error.name = found?.Code ?? 'Ec2Error';
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}
