import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { type CertificateKeep, ownCertificates } from '../../transport/certificates/ownCertificates';
import { readAuthorities, readServerIdentity } from '../../transport/listening/serverFiles';
import type { ClientCertificates, ServerTls } from '../../transport/listening/serverTls';
import { machineNames } from '../../transport/machineAddresses';
import type { BrokerTlsSettings } from './brokerConfiguration';

/** The certificates that the local broker shows: files of one's own, or ones that are made and kept in the secret storage. */
export class BrokerCertificates {
  private readonly keep: CertificateKeep;

  /** @param names host names and addresses that the computer has now */
  constructor(
    secrets: Pick<vscode.SecretStorage, 'get' | 'store'>,
    private readonly clock: Clock,
    private readonly names: () => readonly string[] = machineNames,
  ) {
    const key = (name: string) => `mqttWorkbench.broker.certificate.${name}`;
    this.keep = {
      read: async (name) => secrets.get(key(name)),
      write: async (name, text) => secrets.store(key(name), text),
    };
  }

  /** Rejects with a {@link TransportFailureError} where a file cannot be used. */
  async tls(settings: BrokerTlsSettings): Promise<ServerTls> {
    const { certificate, key, minimumVersion } = settings;
    const identity =
      certificate === undefined
        ? (await this.own(settings)).server
        : await readServerIdentity(certificate, key);
    return { identity, clientCertificates: await clientCertificates(settings), minimumVersion };
  }

  /** What devices have to trust, in PEM; undefined where the certificate is one's own and somebody else knows who signed it. */
  async authority(
    settings: Pick<BrokerTlsSettings, 'certificate' | 'certificateKey'>,
  ): Promise<string | undefined> {
    return settings.certificate === undefined ? (await this.own(settings)).authority : undefined;
  }

  private own({
    certificateKey,
  }: Pick<BrokerTlsSettings, 'certificateKey'>): ReturnType<typeof ownCertificates> {
    return ownCertificates(this.keep, certificateKey, this.names(), this.clock.now());
  }
}

async function clientCertificates({
  clientCertificates: mode,
  clientAuthorities,
}: BrokerTlsSettings): Promise<ClientCertificates> {
  if (mode === 'none' || clientAuthorities === undefined) return { mode: 'none' };
  return { mode, ca: await readAuthorities(clientAuthorities) };
}
