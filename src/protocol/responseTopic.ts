import type { PropertyScope } from './properties';
import type { Wire } from './wire';

/** A Response Topic is a Topic Name like any other, where there is one (3.3.2.3.5, 3.1.3.2.6). */
export function checkResponseTopic(io: Wire, scope: PropertyScope, topicName: string): void {
  if (topicName === '') io.note('responseTopicEmpty'); // [MQTT-4.7.3-1]
  if (!/[+#]/.test(topicName)) return;
  io.violate(scope === 'WILL' ? 'willResponseTopicWildcard' : 'responseTopicWildcard', topicName); // [MQTT-3.3.2-14]
}
