/** EC2's Describe operations over signed requests: its SDK client is larger than the rest of bbf. */
import { XMLParser } from 'fast-xml-parser';
import type { AwsAccess } from './access.ts';
import { refusal } from './answers.ts';
import { queryCall, spoken } from './query-call.ts';
import { element } from './xml.ts';

/** Every `item` is a list, also a single one. Numbers stay text: CIDR blocks and ids are no numbers. */
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'item' });

/** @param parameters of the Query protocol, such as `{ 'SubnetId.1': '…' }` @returns what the operation's answer holds */
export async function askEc2(
  access: AwsAccess,
  operation: string,
  parameters: Record<string, string>,
): Promise<Record<string, unknown> | { refused: string }> {
  const doing = spoken(operation);
  const answer = await queryCall(access, {
    doing,
    service: 'ec2',
    parameters: { Action: operation, ...parameters },
  });
  const xml = answer.body.toString('utf8');
  const code = element(xml, 'Code') ?? '';
  // What is not there is an answer; what may not be asked is not.
  if (/NotFound|Malformed/.test(code)) return { refused: element(xml, 'Message') ?? code };
  if (answer.status !== 200) throw refusal(doing, answer);
  return (parser.parse(xml)[`${operation}Response`] ?? {}) as Record<string, unknown>;
}

/** The items of a list in an answer; an empty list arrives as an empty text. */
export function itemsOf<T>(answer: Record<string, unknown>, list: string): T[] {
  const { item = [] } = (answer[list] || {}) as { item?: T[] };
  return item;
}
