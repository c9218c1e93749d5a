import type { MqttClient } from '../../src/client/mqttClient';

/** A client of which some methods are others. */
export function misbehavingClient(client: MqttClient, changes: Partial<MqttClient>): MqttClient {
  const changed = new Map<string | symbol, unknown>(Object.entries(changes));
  return new Proxy(client, {
    get: (_, name) => {
      if (changed.has(name)) return changed.get(name);
      const value: unknown = Reflect.get(client, name);
      return typeof value === 'function' ? (value.bind(client) as unknown) : value;
    },
  });
}
