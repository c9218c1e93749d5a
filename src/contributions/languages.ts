/** The language of `.mqtt` files. */
export const mqttLanguage = {
  id: 'mqtt',
  name: 'MQTT Messages',
  extension: '.mqtt',
  configuration: 'media/language/language-configuration.json',
  grammar: 'media/language/mqtt.tmLanguage.json',
  scopeName: 'source.mqtt',
} as const;
