interface ForeignServer {
  /** With its article: "an HTTP server". */
  readonly name: string;
  readonly advice: string;
}

interface Signature extends ForeignServer {
  readonly starts: readonly string[];
}

const mqttPorts = 'MQTT usually listens on port 1883';

const signatures: readonly Signature[] = [
  {
    starts: ['HTTP/', '<!DOCTYPE', '<html'],
    name: 'an HTTP server',
    advice: `Check the port: ${mqttPorts}. If this is where MQTT over WebSocket is, choose that transport.`,
  },
  { starts: ['SSH-'], name: 'an SSH server', advice: `Check the port: ${mqttPorts}, SSH on 22.` },
  {
    // TLS records: alert or handshake, then the version 3.x.
    starts: ['\x15\x03', '\x16\x03'],
    name: 'a TLS server',
    advice: `This port expects TLS: choose TLS as the transport, or another port; without TLS ${mqttPorts}.`,
  },
  { starts: ['220 ', '220-'], name: 'a mail or FTP server', advice: `Check the port: ${mqttPorts}.` },
  { starts: ['AMQP'], name: 'an AMQP server', advice: `Check the port: ${mqttPorts}, AMQP on 5672.` },
  { starts: ['-ERR'], name: 'a Redis server', advice: `Check the port: ${mqttPorts}, Redis on 6379.` },
];

/** Guesses from its first bytes what answered instead of an MQTT server. */
export function recogniseServer(firstBytes: Uint8Array): ForeignServer {
  const head = String.fromCharCode(...firstBytes.subarray(0, 16));
  return (
    signatures.find(({ starts }) =>
      starts.some((start) => head.toLowerCase().startsWith(start.toLowerCase())),
    ) ?? {
      name: 'something else',
      advice: `Check host and port: ${mqttPorts}.`,
    }
  );
}
