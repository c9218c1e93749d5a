import type { Properties, PropertyScope } from './properties';
import { propertyByIdentifier } from './properties';
import { propertyFields } from './propertyFields';
import type { Field, Wire } from './wire';

/*
 * The Properties of PUBLISH written without walking the table: the hot path of encoding 5.0. test/protocol holds it
 * against the table for every property, `npm run bench -- codec` says what it is worth.
 */

/** The value fields of PUBLISH's properties, by identifier. */
const F: readonly Field[] = Array.from({ length: 0x27 }, (_, identifier) => {
  const definition = propertyByIdentifier(identifier);
  return definition ? propertyFields.value(definition, 'PUBLISH') : propertyFields.identifier;
});
const identifierField = propertyFields.identifier;

/** A Response Topic is a Topic Name like any other, where there is one (3.3.2.3.5, 3.1.3.2.6). */
export function checkResponseTopic(io: Wire, scope: PropertyScope, topicName: string): void {
  if (topicName === '') io.note('responseTopicEmpty'); // [MQTT-4.7.3-1]
  if (!/[+#]/.test(topicName)) return;
  io.violate(scope === 'WILL' ? 'willResponseTopicWildcard' : 'responseTopicWildcard', topicName); // [MQTT-3.3.2-14]
}

/** Writes the properties after their length, in the order of their identifiers. Returns how many kinds there were. */
export function writePublishProperties(io: Wire, p: Properties): number {
  let kinds = 0;
  if (p.payloadFormatIndicator !== undefined) {
    kinds++;
    io.uint8(identifierField, 0x01);
    io.uint8(F[0x01] as Field, p.payloadFormatIndicator);
    if (p.payloadFormatIndicator > 1) io.violate('booleanPropertyOutOfRange', 'Payload Format Indicator');
  }
  if (p.messageExpiryInterval !== undefined) {
    kinds++;
    io.uint8(identifierField, 0x02);
    io.uint32(F[0x02] as Field, p.messageExpiryInterval);
  }
  if (p.contentType !== undefined) {
    kinds++;
    io.uint8(identifierField, 0x03);
    io.utf8(F[0x03] as Field, p.contentType); // [MQTT-3.3.2-19]
  }
  if (p.responseTopic !== undefined) {
    kinds++;
    io.uint8(identifierField, 0x08);
    io.utf8(F[0x08] as Field, p.responseTopic); // [MQTT-3.3.2-13]
    checkResponseTopic(io, 'PUBLISH', p.responseTopic);
  }
  if (p.correlationData !== undefined) {
    kinds++;
    io.uint8(identifierField, 0x09);
    io.binary(F[0x09] as Field, p.correlationData);
  }
  if (p.subscriptionIdentifiers !== undefined) {
    kinds++;
    for (const subscriptionIdentifier of p.subscriptionIdentifiers) {
      io.uint8(identifierField, 0x0b);
      io.variableByteInteger(F[0x0b] as Field, subscriptionIdentifier);
      if (subscriptionIdentifier === 0) io.violate('zeroProperty', 'Subscription Identifier');
    }
  }
  if (p.topicAlias !== undefined) {
    kinds++;
    io.uint8(identifierField, 0x23);
    io.uint16(F[0x23] as Field, p.topicAlias);
    if (p.topicAlias === 0) io.violate('topicAliasZero'); // [MQTT-3.3.2-8]
  }
  if (p.userProperties !== undefined) {
    kinds++;
    for (const [name, value] of p.userProperties) {
      io.uint8(identifierField, 0x26);
      io.utf8(F[0x26] as Field, name);
      io.utf8(F[0x26] as Field, value);
    }
  }
  return kinds;
}
