import { toHex } from '../../src/base/bytes';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import type { ControlPacket, ProtocolVersion, WillMessage } from '../../src/protocol/controlPacket';
import { packetTypeCodes } from '../../src/protocol/packetDescriptions';
import type { Properties } from '../../src/protocol/properties';
import { propertyTable } from '../../src/protocol/properties';

/**
 * Values of a frame by tshark's field names, each in the order of the packet. Text that tshark does not show as it is
 * (with control characters, behind U+0000, not UTF-8) is left out: its length field still speaks for it.
 */
export type TsharkFields = Readonly<Record<string, readonly string[]>>;

/** Adds up what tshark should show. */
class Expectation {
  readonly fields: Record<string, string[]> = {};

  number(name: string, value: number | boolean): void {
    this.add(name, String(Number(value)));
  }

  hex(name: string, value: number): void {
    this.add(name, `0x${value.toString(16).padStart(2, '0')}`);
  }

  /** Text, and its length as the field of that name with `_len`. */
  text(name: string, value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? encodeUtf8(value) : value;
    this.number(`${name}_len`, bytes.length);
    this.textAlone(name, bytes);
  }

  textAlone(name: string, bytes: Uint8Array): void {
    const end = bytes.indexOf(0);
    const shown = showable(decodeUtf8(bytes, 0, end < 0 ? bytes.length : end) ?? '');
    if (shown !== '') this.add(name, shown);
  }

  bytes(name: string, value: Uint8Array): void {
    if (value.length > 0) this.add(name, toHex(value, ':'));
  }

  properties(properties: Properties): void {
    for (const { identifier, key, type, repeatable } of propertyTable) {
      const value = properties[key];
      if (value === undefined) continue;
      for (const one of repeatable ? (value as readonly unknown[]) : [value]) {
        this.hex('mqtt.property_id', identifier);
        if (type === 'utf8Pair') this.pair(one as readonly [string, string]);
        else if (key === 'contentType')
          this.textAlone('mqtt.property.content_type', encodeUtf8(one as string));
        else if (type === 'utf8' || type === 'binary')
          this.text('mqtt.prop_string', one as string | Uint8Array);
        else this.number(valueNames[key] ?? 'mqtt.prop_number', one as number);
      }
    }
  }

  private pair([name, value]: readonly [string, string]): void {
    this.text('mqtt.prop_key', name);
    this.text('mqtt.prop_value', value);
  }

  private add(name: string, value: string): void {
    (this.fields[name] ??= []).push(value);
  }
}

/** The properties whose values have a field of their own. */
const valueNames: Readonly<Record<string, string>> = {
  maximumQoS: 'mqtt.property.max_qos',
  topicAlias: 'mqtt.property.topic_alias',
};

/** The fields that are compared, without `mqtt.`; tshark shows others besides. */
const comparedFields: ReadonlySet<string> = new Set(
  `
  msgtype dupflag qos retain msgid topic topic_len msg protoname ver kalive clientid clientid_len
  username username_len passwd passwd_len conflag.uname conflag.passwd conflag.retain conflag.qos
  conflag.willflag conflag.cleansess willtopic willtopic_len willmsg willmsg_len conack.flags.sp
  conack.val sub.qos suback.qos subscription_options_qos subscription_options_nl
  subscription_options_rap subscription_options_retain property_id prop_number prop_string
  prop_string_len prop_key prop_key_len prop_value prop_value_len property.max_qos
  property.topic_alias property.content_type connack.reason_code puback.reason_code pubrec.reason_code
  pubrel.reason_code pubcomp.reason_code suback.reason_code unsuback.reason_code
  disconnect.reason_code auth.reason_code
  `
    .trim()
    .split(/\s+/)
    .map((name) => `mqtt.${name}`),
);

/** What tshark should show of the packet in its canonical form. */
export function expectedTsharkFields(packet: ControlPacket, version: ProtocolVersion): TsharkFields {
  const shown = new Expectation();
  shown.number('mqtt.msgtype', packetTypeCodes[packet.type]);
  if ('packetIdentifier' in packet && packet.packetIdentifier > 0)
    shown.number('mqtt.msgid', packet.packetIdentifier);
  const name = packet.type.toLowerCase();
  if (version === 3 && ['PUBREL', 'SUBSCRIBE', 'UNSUBSCRIBE'].includes(packet.type)) {
    // What 3.1.1 made reserved bits was DUP and QoS 1 in 3.1.
    shown.number('mqtt.dupflag', false);
    shown.number('mqtt.qos', 1);
  }
  switch (packet.type) {
    case 'CONNECT': {
      const { userName, password, will } = packet;
      shown.textAlone('mqtt.protoname', encodeUtf8(packet.protocolName));
      shown.number('mqtt.ver', packet.protocolVersion);
      shown.number('mqtt.conflag.uname', userName !== undefined);
      shown.number('mqtt.conflag.passwd', password !== undefined);
      shown.number('mqtt.conflag.retain', will?.retain ?? false);
      shown.number('mqtt.conflag.qos', will?.qos ?? 0);
      shown.number('mqtt.conflag.willflag', will !== undefined);
      shown.number('mqtt.conflag.cleansess', packet.cleanStart);
      shown.number('mqtt.kalive', packet.keepAlive);
      shown.properties(packet.properties);
      shown.text('mqtt.clientid', packet.clientIdentifier);
      if (will) expectWill(shown, will);
      if (userName !== undefined) shown.text('mqtt.username', userName);
      if (password) shown.text('mqtt.passwd', password);
      break;
    }
    case 'CONNACK':
      if (version > 3) shown.number('mqtt.conack.flags.sp', packet.sessionPresent);
      shown.number(version === 5 ? 'mqtt.connack.reason_code' : 'mqtt.conack.val', packet.reasonCode);
      shown.properties(packet.properties);
      break;
    case 'PUBLISH':
      shown.number('mqtt.dupflag', packet.dup);
      shown.number('mqtt.qos', packet.qos);
      shown.number('mqtt.retain', packet.retain);
      shown.text('mqtt.topic', packet.topicName);
      shown.properties(packet.properties);
      shown.bytes('mqtt.msg', packet.payload);
      break;
    case 'SUBSCRIBE':
      shown.properties(packet.properties);
      for (const { topicFilter, qos, noLocal, retainAsPublished, retainHandling } of packet.subscriptions) {
        shown.text('mqtt.topic', topicFilter);
        if (version === 5) {
          shown.number('mqtt.subscription_options_qos', qos);
          shown.number('mqtt.subscription_options_nl', noLocal);
          shown.number('mqtt.subscription_options_rap', retainAsPublished);
          shown.number('mqtt.subscription_options_retain', retainHandling);
        } else shown.number('mqtt.sub.qos', qos);
      }
      break;
    case 'UNSUBSCRIBE':
      shown.properties(packet.properties);
      for (const topicFilter of packet.topicFilters) shown.text('mqtt.topic', topicFilter);
      break;
    case 'SUBACK':
    case 'UNSUBACK':
      shown.properties(packet.properties);
      for (const code of packet.reasonCodes)
        shown.number(version === 5 ? `mqtt.${name}.reason_code` : 'mqtt.suback.qos', code);
      break;
    case 'PINGREQ':
    case 'PINGRESP':
      break;
    default: {
      const hasProperties = Object.keys(packet.properties).length > 0;
      if (packet.reasonCode !== 0 || hasProperties)
        shown.number(`mqtt.${name}.reason_code`, packet.reasonCode);
      shown.properties(packet.properties);
    }
  }
  return shown.fields;
}

function expectWill(shown: Expectation, { properties, topicName, payload }: WillMessage): void {
  shown.properties(properties);
  shown.text('mqtt.willtopic', topicName);
  shown.number('mqtt.willmsg_len', payload.length);
  shown.bytes('mqtt.willmsg', payload);
}

/** The fields of one `mqtt` layer of `tshark -T json --no-duplicate-keys`. */
export function shownTsharkFields(layer: unknown): TsharkFields {
  const fields: Record<string, string[]> = {};
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    for (const [name, value] of Object.entries(node)) {
      if (comparedFields.has(name)) {
        const texts = [value as unknown].flat().filter((one) => typeof one === 'string');
        const plain = texts.map(showable).filter((one) => one !== '');
        if (plain.length > 0) fields[name] = [...(fields[name] ?? []), ...plain];
      } else collect(value);
    }
  };
  collect(layer);
  return fields;
}

function showable(text: string): string {
  return /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffd\ufffe\uffff]|\p{Cn}/u.test(text) ? '' : text;
}
